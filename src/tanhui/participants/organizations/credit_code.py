"""The unified social credit code of a legal person (统一社会信用代码, GB 32100-2015): 18 places, the last one a check."""

_PLACES = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS = 31


def is_credit_code(code: str) -> bool:
    """Whether it is one: 17 places of that alphabet, and the check that the weights 3^i modulo 31 give."""
    if len(code) != 18 or any(place not in _PLACES for place in code):
        return False
    total = sum(_PLACES.index(place) * pow(3, power, _MODULUS) for power, place in enumerate(code[:17]))
    return _PLACES[-total % _MODULUS] == code[17]
