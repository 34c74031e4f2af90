"""A partner's file into the books: read by its mapping, booked batch by batch, every row accounted for.

Each batch is a transaction of its own, so a file may be of any size and an ingest may be killed at any point: started again,
it finds what was booked and goes on. Refused and conflicting rows are kept as they were written.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from uuid import UUID

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.flows.ahead import one_ahead
from tanhui.flows.attempts import taken_back
from tanhui.flows.household_history import HouseholdHistory
from tanhui.flows.record_activities import Prepared, Recorded, Recorder, Sender
from tanhui.flows.scheme import Scheme
from tanhui.flows.take_back import TakenBack, take_back
from tanhui.participants.organizations.types import LINKED_SPACES, PartnerTerms
from tanhui.participants.persons.selectors import person_of_subject
from tanhui.participants.persons.services import UNKNOWN, linked_persons, subject_hash, subject_hashes
from tanhui.steps.collect.fields import fields_of
from tanhui.steps.collect.identity import record_keys
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.read import raw_rows, read_records
from tanhui.steps.collect.services import (
    NOT_KEPT,
    UNKEPT,
    Kept,
    begin_run,
    finish_run,
    quarantine,
    without_content,
)
from tanhui.steps.collect.types import RecordBatch
from tanhui.steps.collect.verdicts import ACCEPTED, DUPLICATE, OUTCOMES, REFUSED, Reason
from tanhui.support.ledger.selectors import known_keys

RECORDS_PER_BATCH = 10_000
_NO_REASON = Reason("", Text("", ""))
LONGEST_NAME = {"identity": 60, "person": 1000}
Progress = Callable[[int], None]


@dataclass
class BehaviorTotals:
    """What a file brought for one behavior."""

    accepted: int = 0
    refused: int = 0
    reduction_mg: int = 0
    points_milli: int = 0
    refused_by_reason: Counter[str] = field(default_factory=Counter)


@dataclass
class Ingested:
    """How a file's rows ended: `accepted`, `duplicate`, `conflict` and `refused` add up to `read`.

    `reduction_mg` is what was credited; `quantified_mg` counts what was negative or over a cap too. `capped` counts records.
    `taken_back` counts booked records that rows of the file took back, `taken_back_mg` what had been credited for them.
    """

    partner: str
    mapping: str
    dry_run: bool
    read: int = 0
    records: int = 0
    booked: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    refused_by_reason: Counter[str] = field(default_factory=Counter)
    quantified_mg: int = 0
    reduction_mg: int = 0
    points_milli: int = 0
    capped: int = 0
    negative: int = 0
    taken_back: int = 0
    taken_back_mg: int = 0
    persons: set[int] = field(default_factory=set)
    by_behavior: dict[int, BehaviorTotals] = field(default_factory=lambda: defaultdict(BehaviorTotals))
    notices: list[Text] = field(default_factory=list)

    def counts(self) -> dict[str, object]:
        """The counts as JSON."""
        return {
            "read": self.read, "records": self.records, "booked": self.booked, **{name: self.rows[name] for name in OUTCOMES},
            "refused_by_reason": dict(sorted(self.refused_by_reason.items())), "reduction_mg": self.reduction_mg,
            "quantified_mg": self.quantified_mg, "points_milli": self.points_milli, "capped": self.capped,
            "negative": self.negative, "taken_back": self.taken_back, "taken_back_mg": self.taken_back_mg, "persons": len(self.persons),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file to bring in: whose it is, how it is read, and what the command may add."""

    path: Path
    mapping: FeedMapping
    terms: PartnerTerms
    namespace: str
    person: str | None = None
    origin: str = ""
    """The kept rows that are sent again with it, when it is such a sheet."""


def ingest_file(
    delivery: Delivery,
    *,
    scheme: Scheme,
    now: Callable[[], datetime],
    dry_run: bool = False,
    progress: Progress = lambda _: None,
) -> Ingested:
    """Books a file and says how its rows ended. With `dry_run` everything is done and taken back again.

    Raises `Refusal` when the file cannot be read as its mapping says; batches booked before that stay booked.
    """
    report = Ingested(delivery.terms.code, delivery.mapping.name, dry_run)
    _refuse_odd_names(delivery)
    with taken_back() if dry_run else nullcontext():
        run_id = begin_run(
            partner_id=delivery.terms.id, file_name=delivery.path.name, file_digest=_digest(delivery.path),
            mapping=delivery.mapping.name, namespace=_space(delivery), now=now(),
        )  # fmt: skip
        _Run(delivery, scheme, now, run_id, report, progress).book()
        finish_run(run_id, counts=report.counts(), now=now())
    return report


class _Run:
    """One file on its way."""

    def __init__(
        self,
        delivery: Delivery,
        scheme: Scheme,
        now: Callable[[], datetime],
        run_id: int,
        report: Ingested,
        progress: Progress,
    ) -> None:
        self.delivery, self.scheme, self.now, self.run_id = delivery, scheme, now, run_id
        self.report, self.progress = report, progress
        self.recorder = Recorder(Sender(delivery.terms, delivery.namespace, f"run {run_id}"), scheme)
        self.late: dict[int, tuple[int, Reason]] = {}
        self.taking_back: list[tuple[pl.DataFrame, dict[int, Reason]]] = []
        self.unkept: list[Kept] = []

    def book(self) -> None:
        """Reads, books and accounts for every row."""
        mapping = self.delivery.mapping
        batches = read_records(
            self.delivery.path, mapping, fields=fields_of(self.scheme.library, mapping.behaviors), now=self.now(),
            not_before=self.delivery.terms.agreement_from, subject=self.delivery.person, id_key=self.scheme.secret,
            history=self._history(),
        )  # fmt: skip
        for batch, pieces in one_ahead((batch, self._prepared(batch)) for batch in batches):
            self._refuse(batch)
            for records, prepared in pieces:
                self._record(records, prepared)
            self.report.read += batch.rows_read
            self.report.notices += [notice.text for notice in batch.notices]
            self.progress(self.report.read)
        for rows, reasons in self.taking_back:  # at the end: what they take back may stand later in the file
            self._take_back(rows, reasons)
        self._keep_late()
        assert sum(self.report.rows.values()) == self.report.read, "every row ended in exactly one way"

    def _history(self) -> HouseholdHistory | None:
        mapping, secret = self.delivery.mapping, self.scheme.secret
        if mapping.aggregate is None or mapping.aggregate.baseline is None:
            return None
        return HouseholdHistory(mapping, namespace=self.recorder.sender.space, secret=secret)

    def _refuse(self, batch: RecordBatch) -> None:
        kept = []
        waiting: dict[int, Reason] = dict.fromkeys(batch.taking_back["row"].to_list(), _NO_REASON)
        for row in batch.refused.iter_rows(named=True):
            reason = Reason(row["reason"], Text(row["detail_zh"], row["detail_en"]), row["field"] or "")
            if row["row"] in waiting:
                waiting[row["row"]] = reason
                continue
            self._count(OUTCOMES[REFUSED], row["rows"], reason.code, None)
            kept.append(Kept(row["row"], OUTCOMES[REFUSED], reason, row["raw"]))
        self._quarantine(self._consented(kept))
        if waiting:
            self.taking_back.append((batch.taking_back, waiting))

    def _take_back(self, rows: pl.DataFrame, reasons: dict[int, Reason]) -> None:
        """Takes back what these rows take back; one that finds nothing in the books is refused for the reason it came with."""
        keys = record_keys(rows["record_id"].to_list(), partner_id=self.delivery.terms.id)
        known = known_keys(keys)
        for row, key in zip(rows.iter_rows(named=True), keys.tolist(), strict=True):
            done = self._take_back_one(row, UUID(bytes=key)) if key in known else TakenBack(REFUSED)
            reason = done.reason or reasons[row["row"]]
            self.report.rows[OUTCOMES[done.outcome]] += 1
            if done.outcome == ACCEPTED:
                self.report.taken_back += 1
                self.report.taken_back_mg += done.credited_mg
            elif done.outcome != DUPLICATE:
                self.late[row["row"]] = (done.outcome, reason)
            if done.outcome == REFUSED:
                self._count(None, 1, reason.code, None)

    def _take_back_one(self, row: dict[str, str | None], key: UUID) -> TakenBack:
        sender, subject, record_id, left = self.recorder.sender, row["subject"], row["record_id"], row["left"]
        assert subject is not None
        assert record_id is not None
        hashed = subject_hash(secret=self.scheme.secret, namespace=sender.space, subject=subject)
        return take_back(
            key, record_id=record_id, person=person_of_subject(hashed), left=None if left is None else json.loads(left),
            reason=f"{self.delivery.mapping.name}: {row['why']}", actor=sender.reference, now=self.now(),
        )  # fmt: skip

    def _consented(self, rows: list[Kept]) -> list[Kept]:
        """The rows as they may be kept: where consent is the platform's to obtain, whole for persons who are linked alone."""
        sender = self.recorder.sender
        if not rows or not sender.by_consent:
            return rows
        subjects = [str(json.loads(row.raw).get("subject", "")) for row in rows]
        hashes = subject_hashes(subjects, namespace=sender.space, secret=self.scheme.secret)
        linked = linked_persons(hashes)[0]
        return [
            row if person != UNKNOWN else without_content(row.row, row.outcome, replace(row.reason, text=UNKEPT), None)
            for row, person in zip(rows, linked, strict=True)
        ]

    def _prepared(self, batch: RecordBatch) -> list[tuple[pl.DataFrame, Prepared]]:
        return [
            (records, self.recorder.prepare(records, now=self.now()))
            for records in batch.records.iter_slices(RECORDS_PER_BATCH)
            if records.height
        ]

    def _record(self, records: pl.DataFrame, prepared: Prepared) -> None:
        recorded = self.recorder.record(prepared, now=self.now())
        weights = records["rows"].to_numpy()
        behaviors = records["behavior"].to_numpy()
        self.report.records += len(weights)
        self.report.booked += int((recorded.verdicts.outcome == ACCEPTED).sum())
        for code, name in enumerate(OUTCOMES):
            self.report.rows[name] += int(weights[recorded.verdicts.outcome == code].sum())
        lines = records["row"].to_numpy()
        for record, reason in recorded.verdicts.reasons.items():
            outcome = int(recorded.verdicts.outcome[record])
            if outcome == REFUSED:
                self._count(None, int(weights[record]), reason.code, int(behaviors[record]))
            if reason.code in NOT_KEPT:
                record_hash = subject_hash(
                    secret=self.scheme.secret, namespace=f"record/{self.delivery.terms.code}", subject=records["record_id"][record]
                )  # fmt: skip
                self.unkept.append(without_content(int(lines[record]), OUTCOMES[outcome], reason, record_hash))
            elif outcome != DUPLICATE:
                self.late[int(lines[record])] = (outcome, reason)
        self._add(recorded, behaviors)

    def _add(self, recorded: Recorded, behaviors: NDArray[np.int64]) -> None:
        report, outcome = self.report, recorded.verdicts.outcome
        accepted = outcome == ACCEPTED
        report.persons.update(np.unique(recorded.persons[accepted]).tolist())
        report.quantified_mg += int(recorded.reduction_mg.sum())
        report.reduction_mg += int(recorded.credited_mg.sum())
        report.points_milli += int(recorded.points_milli.sum())
        report.capped += int((recorded.capped_by > 0).sum())
        report.negative += int((recorded.reduction_mg < 0).sum())
        for behavior in np.unique(behaviors[accepted]):
            here, totals = behaviors == behavior, report.by_behavior[int(behavior)]
            totals.accepted += int((here & accepted).sum())
            totals.reduction_mg += int(recorded.credited_mg[here].sum())
            totals.points_milli += int(recorded.points_milli[here].sum())

    def _count(self, outcome: str | None, rows: int, reason: str, behavior: int | None) -> None:
        if outcome is not None:
            self.report.rows[outcome] += rows
        self.report.refused_by_reason[reason] += rows
        behaviors = self.delivery.mapping.behaviors
        totals = self.report.by_behavior[behavior or (behaviors[0] if len(behaviors) == 1 else 0)]
        totals.refused += rows
        totals.refused_by_reason[reason] += rows

    def _keep_late(self) -> None:
        kept = [
            Kept(row, OUTCOMES[self.late[row][0]], self.late[row][1], json.dumps(cells, ensure_ascii=False))
            for row, cells in (raw_rows(self.delivery.path, self.delivery.mapping, self.late) if self.late else ())
        ]
        self._quarantine([*kept, *self.unkept])

    def _quarantine(self, kept: list[Kept]) -> None:
        quarantine(
            kept,
            partner_id=self.delivery.terms.id,
            run_id=self.run_id,
            mapping=self.delivery.mapping.name,
            origin=self.delivery.origin,
            now=self.now(),
        )


def _refuse_odd_names(delivery: Delivery) -> None:
    for option, name in (("identity", delivery.namespace), ("person", delivery.person)):
        if name is None:
            continue
        odd = name.encode("utf-8", "replace").decode() != name or not name.strip() or len(name) > LONGEST_NAME[option]
        if odd or (option == "identity" and name.startswith(LINKED_SPACES)):
            text = Text("“{n}”不能用作 {f}。", "“{n}” cannot be used as {f}.").format(n=name[:60], f=option)
            raise Refusal("name_unusable", text, field=option)


def _space(delivery: Delivery) -> str:
    return Sender(delivery.terms, delivery.namespace, "").space


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "blake2b").hexdigest()[:32]
