"""The register, read from `terms.yaml` and one file an app in `fields`. A label that is none is an error when it is read.

In a file, `purpose`, `basis` and `retention` stand for all its fields that say something of a person; a field gives its kind, or
its kind with what differs. A test holds that each field of each model has a label, and each label a field.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tanhui.core.text import Text
from tanhui.support.security.personal_data.types import BY_PLATFORM, NONE, SENSITIVE, Label, Terms

HERE = Path(__file__).resolve().parent
REASONS = ("purpose", "basis", "retention")
KNOWN = {"kind", *REASONS, "sealed_by", "note"}


class BadLabelError(ValueError):
    """A label that cannot be read: a mistake in a file of ours."""


@cache
def register() -> tuple[Label, ...]:
    """Every label, by app, model and field in the order of the files."""
    return tuple(label for path in sorted((HERE / "fields").glob("*.yaml")) for label in read_labels(path))


@cache
def terms() -> Terms:
    """What the codes mean."""
    document = yaml.safe_load((HERE / "terms.yaml").read_text(encoding="utf-8"))
    return Terms(**{
        name: {code: Text(**text) for code, text in document[name].items()}
        for name in ("kinds", "purposes", "bases", "retentions")
    })  # fmt: skip


def read_labels(path: Path) -> list[Label]:
    """The labels of one file, which is named as the app's label. Raises `BadLabelError`."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    usual = {name: document.get(name, "") for name in REASONS}
    return [
        _label(f"{path.stem}.{model}.{field}", written if isinstance(written, dict) else {"kind": written}, usual)
        for model, fields in document["models"].items()
        for field, written in fields.items()
    ]


def _label(name: str, written: dict[str, Any], usual: dict[str, str]) -> Label:
    words, kind = terms(), written.get("kind")
    if kind not in words.kinds or not written.keys() <= KNOWN:
        raise BadLabelError(f"{name}: {written}")
    reasons = {reason: "" if kind == NONE else written.get(reason, usual[reason]) for reason in REASONS}
    if kind != NONE:
        for reason, codes in zip(REASONS, (words.purposes, words.bases, words.retentions), strict=True):
            if reasons[reason] not in codes:
                raise BadLabelError(f"{name}: {reason} {reasons[reason]!r}")
    elif written.keys() - {"kind", "note", *(["sealed_by"] if written.get("sealed_by") == BY_PLATFORM else [])}:
        raise BadLabelError(f"{name}: what says nothing of a person needs no reason")
    note = Text(**written["note"]) if "note" in written else None
    sealed_by = written.get("sealed_by", "")
    if kind == SENSITIVE and not sealed_by and note is None:
        raise BadLabelError(f"{name}: sensitive and not sealed, and no note says why")
    app, model, field = name.split(".")
    return Label(app, model, field, kind, **reasons, sealed_by=sealed_by, note=note)
