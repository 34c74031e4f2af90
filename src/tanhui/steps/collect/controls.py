"""What the preamble of an export states about it: the account it belongs to, and totals to compare with the rows read."""

import re
from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from tanhui.core.text import Text
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.parts import Control
from tanhui.steps.collect.plan import Plan
from tanhui.steps.collect.types import Notice


def stated_person(mapping: FeedMapping, preamble: str) -> str | None:
    """The account that the preamble names, when the mapping says how."""
    if mapping.person.preamble is None:
        return None
    found = re.search(mapping.person.preamble, preamble)
    return found.group(1).strip() if found else None


class Controls:
    """Counts what the preamble states, over all rows of the file, and tells where the two differ."""

    def __init__(self, plan: Plan, preamble: str) -> None:
        self._plan = plan
        self._stated = [
            (control, found.group(0), Decimal(found.group(1).replace(",", "")))
            for control in plan.mapping.controls
            if (found := re.search(control.pattern, preamble))
        ]
        self._found = [Decimal(0)] * len(self._stated)

    def count(self, cells: pl.DataFrame, bad: Sequence[object] = ()) -> None:
        """Adds the rows of a chunk."""
        for number, (control, _, _) in enumerate(self._stated):
            self._found[number] += self._counted(control, cells)
            if control.where is None and control.sums is None:
                self._found[number] += len(bad)

    def notices(self) -> tuple[Notice, ...]:
        """One notice per stated total: a warning where the rows read do not add up to it."""
        return tuple(
            _notice(said, stated, found) for (_, said, stated), found in zip(self._stated, self._found, strict=True)
        )

    def _counted(self, control: Control, cells: pl.DataFrame) -> Decimal:
        rows = cells if control.where is None else cells.filter(self._plan.cells.holds(control.where))
        if control.sums is None:
            return Decimal(rows.height)
        number = self._plan.cells.number(control.sums).cast(pl.Decimal(38, 9), strict=False)
        return Decimal(rows.select(number.sum()).item() or 0)


def _notice(said: str, stated: Decimal, found: Decimal) -> Notice:
    shown = f"{found.normalize():f}"
    if stated == found:
        text = Text("文件所述“{s}”与读到的一致。", "What the file states, “{s}”, agrees with the rows read.")
        return Notice("control_total_agrees", text.format(s=said), warning=False)
    text = Text("文件所述“{s}”与读到的 {f} 不一致。", "The file states “{s}”, but the rows read make {f}.").format(
        s=said, f=shown
    )
    return Notice("control_total_differs", text)
