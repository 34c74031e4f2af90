"""Personal data as it is shown by default: enough to tell people apart, too little to know them (PIPL 51; 8.4)."""

HIDDEN = "*"


def mask_phone(phone: str) -> str:
    """`138****5678`: the first three and the last four digits; a short number shows its last two alone."""
    return _masked(phone, first=3, last=4) if len(phone) >= 9 else _masked(phone, first=0, last=2)


def mask_name(name: str) -> str:
    """`张*`, `欧***`: the first character of a name, and how many more there are; a single one is hidden."""
    return HIDDEN if len(name) == 1 else _masked(name, first=1, last=0)


def mask_id_number(number: str) -> str:
    """`4****************X`: the first and the last character; region and birthday stay hidden."""
    return _masked(number, first=1, last=1)


def mask_card(number: str) -> str:
    """The last four digits of a card's number."""
    return _masked(number, first=0, last=4)


def mask_login(login: str) -> str:
    """`al***`: the first two characters of a login name."""
    return _masked(login, first=2, last=0)


def _masked(text: str, *, first: int, last: int) -> str:
    """`first` and `last` characters with all between hidden; never less than a third of the text is."""
    shown = min(first + last, len(text) * 2 // 3)
    first = min(first, shown)
    last = shown - first
    return text[:first] + HIDDEN * (len(text) - shown) + text[len(text) - last :]
