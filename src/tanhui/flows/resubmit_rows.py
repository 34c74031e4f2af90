"""A corrected sheet of refused rows sent again: the same mapping, the same way; what is refused once more is kept anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.ingest_file import Delivery, Ingested, ingest_file
from tanhui.flows.scheme import Scheme
from tanhui.participants.organizations.days import scheme_day
from tanhui.participants.organizations.selectors import partner_codes, partner_terms
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.selectors import quarantined_of
from tanhui.steps.collect.services import settle_quarantined
from tanhui.steps.collect.sheet import NUMBER, OURS, read_sheet


def resubmit_rows(
    path: Path,
    *,
    find_mapping: Callable[[str], FeedMapping],
    scheme: Scheme,
    now: Callable[[], datetime],
    person: str | None = None,
) -> Ingested:
    """Books the corrected rows of a sheet and marks the kept ones as sent again.

    Raises `Refusal` when the sheet is none of ours, has rows settled already, or rows of several partners or mappings.
    """
    sheet = read_sheet(path)
    numbers = sheet[NUMBER].cast(pl.Int64, strict=False).drop_nulls().to_list()
    origin = set(quarantined_of(numbers).values())
    if len(origin) != 1:
        text = Text(
            "表中没有待处理的记录，或属于多个合作方/映射；请重新导出。",
            "The sheet has no open rows, or rows of several partners or mappings; export anew.",
        )
        raise Refusal("sheet_stale", text, field="file")
    partner_id, mapping_name, namespace = origin.pop()
    terms = partner_terms(partner_codes()[partner_id], on=scheme_day(now()))
    assert terms is not None
    mapping = find_mapping(mapping_name)
    open_rows = sheet.filter(pl.col(NUMBER).is_in([str(number) for number in quarantined_of(numbers)]))
    again = ",".join(open_rows[NUMBER])
    with TemporaryDirectory() as folder:
        file = Path(folder) / path.with_suffix(".csv").name
        open_rows.drop(OURS, strict=False).write_csv(file)
        plain = replace(
            mapping,
            file=replace(
                mapping.file, format="delimited", encoding="utf-8", delimiter=",", member=None, columns=(), trailer=None
            ),
        )
        delivery = Delivery(file, plain, terms, namespace, person, origin=again)
        report = ingest_file(delivery, scheme=scheme, now=now)
    settle_quarantined([int(number) for number in open_rows[NUMBER]], state="resubmitted", now=now())
    return report
