"""Which person is meant: an account number (`P42`), a partner's user id, or `space:id` when the id alone is ambiguous."""

import re

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.participants.persons.selectors import namespaces, person_exists, person_of_subject
from tanhui.participants.persons.services import subject_hash


def find_person(named: str, *, secret: bytes) -> int:
    """The number of the person meant. Raises `Refusal` when there is none, or when the id is several persons'."""
    named = named.encode("utf-8", "replace").decode()  # what is no text is nobody's id
    if re.fullmatch(r"[Pp][0-9]{1,18}", named) and person_exists(int(named[1:])):
        return int(named[1:])
    spaces = namespaces()
    space, colon, subject = named.partition(":")
    asked = [(space, subject)] if colon and space in spaces else [(name, named) for name in spaces]
    found = {
        name: person
        for name, subject in asked
        if (person := person_of_subject(subject_hash(secret=secret, namespace=name, subject=subject))) is not None
    }
    if len(set(found.values())) > 1:
        text = Text(
            "“{n}”在多个空间中存在：{s}；请写作 空间:标识。",
            "“{n}” is somebody in several spaces: {s}; write space:id.",
        )
        raise Refusal("person_ambiguous", text.format(n=named, s=", ".join(found)), field="person")
    if not found:
        text = Text("没有用户“{n}”。", "There is no person “{n}”.").format(n=named)
        raise Refusal("person_unknown", text, field="person")
    return next(iter(found.values()))
