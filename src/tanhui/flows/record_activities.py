"""A batch of activity records, from the partner's columns to the books, in the standard's order and one transaction.

collect (known already?) → quantify (which coefficient?) → collect (plausible? overlapping?) → quantify → account (caps) →
points → ledger. Every record ends accepted, duplicate, conflict or refused; what is accepted is booked, all or nothing.

What needs no transaction may be done ahead: a batch is prepared while the one before it is booked, and what it has read of
the books by then is brought up to date by what this process has booked since. The ledger refuses it when others have, too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tanhui.core.methodology import Cap
from tanhui.flows.ahead import Touched, Wake
from tanhui.flows.attempts import in_transaction
from tanhui.flows.scheme import Scheme
from tanhui.participants.organizations.selectors import state_now
from tanhui.participants.organizations.types import BY_PLATFORM, PartnerTerms
from tanhui.participants.persons.services import (
    UNKNOWN,
    household_number,
    linked_persons,
    links_ended_since,
    resolve_persons,
    subject_hashes,
)
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.ledger import AccountState, hold_households, open_carbon_accounts, post_batch, read_state
from tanhui.steps.account.services import (
    CAPPED_BY_POINTS,
    Holders,
    continue_sequences,
    credit_under_caps,
    local_day,
    of_households,
)
from tanhui.steps.collect.columns import ActivityColumns
from tanhui.steps.collect.identity import record_keys
from tanhui.steps.collect.overlap import refuse_overlaps_with_booked, refuse_overlaps_within
from tanhui.steps.collect.plausibility import check_figures, check_times
from tanhui.steps.collect.scope import check_scope, check_state
from tanhui.steps.collect.verdicts import ACCEPTED, Reason, Verdicts
from tanhui.steps.points.services import Award, award_points
from tanhui.steps.quantify.services import Resolution, quantify_records, resolve_coefficients
from tanhui.support.ledger.selectors import known_keys
from tanhui.support.ledger.types import CLOSING, RECORD, BatchHead

Integers = NDArray[np.int64]
CODES = {"region_unknown": "unknown_region", "field_missing": "missing_field"}
"""What a record is refused for is called by the reasons of `collect`, also when `quantify` finds it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the partner under its agreement, the space its user ids are unique in, and what it sends from."""

    terms: PartnerTerms
    namespace: str
    reference: str

    @property
    def by_consent(self) -> bool:
        """Whether a person is known to this partner by a link alone, which stands for the consent."""
        return self.terms.consent == BY_PLATFORM

    @property
    def space(self) -> str:
        """The space its user ids are looked for in: where the platform obtains the consents, the partner's own."""
        return self.terms.space if self.by_consent else self.namespace


@dataclass(frozen=True)
class Recorded:
    """How a batch ended, in the batch's order. Columns of shape (records,); a record not accepted has zeros."""

    verdicts: Verdicts
    keys: NDArray[np.void]
    persons: Integers
    reduction_mg: Integers
    credited_mg: Integers
    points_milli: Integers
    capped_by: Integers


@dataclass(frozen=True)
class Prepared:
    """A batch as far as it can be taken without the books: who, which, how much, and what is refused whatever they say."""

    batch: ActivityColumns
    subjects: NDArray[np.void]
    persons: Integers
    links_as_of: str
    """The database's name for the moment at which `persons` were linked."""
    households: Integers
    keys: NDArray[np.void]
    content: Integers
    resolution: Resolution
    verdicts: Verdicts
    repeats: dict[int, int]
    mark: int
    known: dict[bytes, int]
    state: AccountState


@dataclass(frozen=True)
class Recorder:
    """Books what one sender sends, batch after batch, each with `prepare` and then `record`."""

    sender: Sender
    scheme: Scheme
    wake: Wake = field(default_factory=Wake)

    def prepare(self, records: pl.DataFrame | ActivityColumns, *, now: datetime) -> Prepared:
        """A batch made ready to be booked; this may be done in another thread, while the batch before it is booked.

        `records` has `RECORD_COLUMNS` and a column of whole steps per field, or is made columns already.
        """
        batch = ActivityColumns(records) if isinstance(records, pl.DataFrame) else records
        return _prepare(batch, self.sender, self.scheme, now, self.wake.mark())

    def record(self, prepared: Prepared, *, now: datetime) -> Recorded:
        """Books a batch and says how each record ended.

        When other writers are at the same accounts, the batch is tried again as a whole; from the second time it holds the
        accounts before it looks at them.
        """
        tries = chain([self.wake.since(prepared.mark)], repeat(None))
        recorded = in_transaction(lambda: _book(prepared, self.sender, self.scheme, now, next(tries)))
        standing = recorded.verdicts.standing
        self.wake.add(Touched(np.unique(recorded.persons[standing]), frozenset(recorded.keys[standing].tolist())))
        return recorded


def record_activities(records: pl.DataFrame, *, sender: Sender, scheme: Scheme, now: datetime) -> Recorded:
    """Prepares and books one batch."""
    recorder = Recorder(sender, scheme)
    return recorder.record(recorder.prepare(records, now=now), now=now)


def _prepare(batch: ActivityColumns, sender: Sender, scheme: Scheme, now: datetime, mark: int) -> Prepared:
    verdicts = Verdicts.of(len(batch))
    subjects = subject_hashes(batch.subjects, namespace=sender.space, secret=scheme.secret)
    keys = record_keys(batch.record_ids, partner_id=sender.terms.id)
    households = _households(batch, sender, scheme)
    content = batch.content(subjects, households)

    check_scope(verdicts, batch, terms=sender.terms)
    check_times(verdicts, batch, terms=sender.terms, now=now)
    resolution = resolve_coefficients(scheme.library, groups=batch.groups, group=batch.group, days=batch.days)
    for record, refusal in resolution.refusals.items():
        code = CODES.get(refusal.code, refusal.code)
        verdicts.refuse_one(record, Reason(code, refusal.text, refusal.field or ""))
    _refuse_implausible(verdicts, batch, resolution)
    persons, links_as_of = linked_persons(subjects)
    _refuse_unlinked(verdicts, persons, sender)
    repeats = _refuse_repeated(verdicts, keys, content)
    state = read_state(np.unique(persons[(persons != UNKNOWN) & (verdicts.outcome == ACCEPTED)]), hold=False)
    return Prepared(
        batch, subjects, persons, links_as_of, households, keys, content, resolution, verdicts, repeats, mark, known_keys(keys), state
    )  # fmt: skip


def _book(prepared: Prepared, sender: Sender, scheme: Scheme, now: datetime, since: Touched | None) -> Recorded:
    """Books it. What was read ahead counts, but for what was booked `since`; when that is None, all is held and read anew."""
    batch, resolution, keys = prepared.batch, prepared.resolution, prepared.keys
    verdicts = prepared.verdicts.copy()
    if sender.terms.organization is not None:  # perhaps suspended since; what is booked already stays a duplicate
        check_state(verdicts, state=state_now(sender.terms.organization))
    anew = since is None or not since.keys.isdisjoint(keys.tolist())
    _refuse_known(verdicts, known_keys(keys) if anew else prepared.known, keys, prepared.content)

    linked = _linked_now(prepared, since)
    _refuse_unlinked(verdicts, linked, sender)
    standing = verdicts.standing
    shared = np.array([of_households(methodology.caps) for methodology in resolution.methodologies], dtype=np.bool_)
    hold_households(prepared.households[standing][shared[resolution.index[standing]]])
    holders, state = _holders(prepared, linked, standing, sender, now, since)
    verdicts.refuse(standing[state.standing_of(holders.persons[standing]) >= CLOSING], "account_closing")
    _refuse_overlapping(verdicts, batch, resolution, holders, sender)
    overlapping = standing[verdicts.outcome[standing] != ACCEPTED]
    if len(overlapping):  # perhaps itself, which another process has booked meanwhile
        _refuse_known(verdicts, known_keys(keys[overlapping]), keys, prepared.content)
    for record, first in prepared.repeats.items():
        verdicts.share_refusal(record, first)

    standing = verdicts.standing
    amounts = _amounts(batch, resolution, standing, holders, sender, scheme, now)
    if len(standing):
        persons = holders.persons[standing]
        columns = _columns(batch, resolution, standing, holders, amounts, keys, prepared.content, scheme, now)
        sequence = continue_sequences(persons, state.postings_of(persons))
        head = BatchHead(sender.terms.id, "records", sender.reference, now)
        post_batch(head, columns | {"sequence": sequence, "partner_id": np.full(len(standing), sender.terms.id)})
    return Recorded(
        verdicts, keys, holders.persons, *(_spread(amount, standing, len(batch)) for amount in
        (amounts.reduction_mg, amounts.credited_mg, amounts.award.points_milli, amounts.capped_by)),
    )  # fmt: skip


def _households(batch: ActivityColumns, sender: Sender, scheme: Scheme) -> Integers:
    if batch.households is None:
        return np.zeros(len(batch), dtype=np.int64)
    numbers = {
        name: household_number(secret=scheme.secret, namespace=sender.space, household=name)
        for name in set(batch.households)
    }
    return np.array([numbers[name] for name in batch.households], dtype=np.int64)


def _linked_now(prepared: Prepared, since: Touched | None) -> Integers:
    """The person of each record, looked up anew when the batch is tried again or one of its links has ended meanwhile."""
    if since is not None and not len(np.intersect1d(links_ended_since(prepared.links_as_of), prepared.subjects)):
        return prepared.persons
    return linked_persons(prepared.subjects)[0]


def _refuse_unlinked(verdicts: Verdicts, persons: Integers, sender: Sender) -> None:
    if sender.by_consent:
        verdicts.refuse(np.flatnonzero(persons == UNKNOWN), "no_consent")


def _holders(
    prepared: Prepared, linked: Integers, standing: Integers, sender: Sender, now: datetime, since: Touched | None
) -> tuple[Holders, AccountState]:
    """Whose records these are. Nobody becomes a person, and nothing is known of anybody, by a record that was refused."""
    persons, new = linked[standing], np.empty(0, dtype=np.int64)
    unknown = np.flatnonzero(persons == UNKNOWN)
    if len(unknown):
        subjects = prepared.subjects[standing[unknown]]
        persons[unknown], new = resolve_persons(subjects, namespace=sender.space, now=now)
    open_carbon_accounts(new)
    if since is None:
        state = read_state(np.unique(persons), hold=True)
    else:
        state = prepared.state.brought_up(np.unique(persons), changed=since.persons)
    many = len(prepared.batch)
    ended_at = _spread(state.ended_at_of(persons), standing, many)
    return Holders(_spread(persons, standing, many), prepared.households, ended_at), state


def _refuse_known(verdicts: Verdicts, seen: dict[bytes, int], keys: NDArray[np.void], content: Integers) -> None:
    if not seen:
        return
    for record, key in enumerate(keys.tolist()):
        if (before := seen.get(key)) is not None:
            verdicts.find_known(record, same=before == content[record])


def _refuse_repeated(verdicts: Verdicts, keys: NDArray[np.void], content: Integers) -> dict[int, int]:
    """Of records of one id the first that stands is meant, as if each came by itself: the later ones, each with the first."""
    if len(np.unique(keys)) == len(keys):
        return {}
    firsts: dict[bytes, int] = {}
    again = {}
    for record, key in enumerate(keys.tolist()):
        if key in firsts:
            again[record] = firsts[key]
        elif verdicts.outcome[record] == ACCEPTED:
            firsts[key] = record
    for record, first in again.items():
        verdicts.find_known(record, same=bool(content[first] == content[record]))
    return again


def _refuse_implausible(verdicts: Verdicts, batch: ActivityColumns, resolution: Resolution) -> None:
    for number, methodology in enumerate(resolution.methodologies):
        check_figures(
            verdicts, methodology, resolution.required[number], np.flatnonzero(resolution.index == number),
            steps=batch.steps, duration_s=batch.duration_s, evidence=batch.evidence,
        )  # fmt: skip


def _refuse_overlapping(
    verdicts: Verdicts, batch: ActivityColumns, resolution: Resolution, holders: Holders, sender: Sender
) -> None:
    standing = verdicts.standing
    by_methodology = np.array([methodology.exclusive for methodology in resolution.methodologies], dtype=np.int64)
    exclusive = _spread(by_methodology[resolution.index[standing]], standing, len(batch)) if len(standing) else standing
    times = {"persons": holders.persons, "behaviors": batch.behaviors, "starts": batch.occurred_at, "ends": batch.ends}
    refuse_overlaps_within(verdicts, standing[exclusive[standing] == 1], **times)
    refuse_overlaps_with_booked(
        verdicts, verdicts.standing, partner_id=sender.terms.id, exclusive=exclusive, last_ended_at=holders.last_ended_at, **times,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Amounts:
    reduction_mg: Integers
    credited_mg: Integers
    capped_by: Integers
    award: Award


def _amounts(
    batch: ActivityColumns,
    resolution: Resolution,
    standing: Integers,
    holders: Holders,
    sender: Sender,
    scheme: Scheme,
    now: datetime,
) -> _Amounts:
    index = resolution.index[standing]
    reduction_mg = quantify_records(resolution, index, {name: column[standing] for name, column in batch.steps.items()})
    credited_mg, capped_by = np.maximum(reduction_mg, 0), np.zeros(len(standing), dtype=np.int64)
    mine = Holders(holders.persons[standing], holders.households[standing], holders.last_ended_at[standing])
    occurred_at = batch.occurred_at[standing]
    behaviors = batch.behaviors[standing]
    for behavior in dict.fromkeys(m.behavior for m in resolution.methodologies if m.caps):
        members = np.flatnonzero(behaviors == behavior)
        credited_mg[members], capped_by[members] = credit_under_caps(
            credited_mg[members], _caps(resolution, behavior, index[members]), members, behavior=behavior,
            occurred_at=occurred_at, holders=mine,
        )  # fmt: skip
    award = award_points(
        scheme.rules, partner=sender.terms.code, credited_mg=credited_mg, behaviors=behaviors,
        evidence=batch.evidence[standing], days=batch.days[standing], occurred_at=occurred_at, holders=mine, booked=local_day(moment(now)),
    )  # fmt: skip
    return _Amounts(
        reduction_mg, credited_mg, np.where(award.capped & (capped_by == 0), CAPPED_BY_POINTS, capped_by), award
    )


def _caps(resolution: Resolution, behavior: int, index: Integers) -> list[tuple[Cap, NDArray[np.bool_]]]:
    """The caps of the behavior's methodologies, each with the records (of these methodologies each) that it cuts."""
    found = []
    for caps in dict.fromkeys(m.caps for m in resolution.methodologies if m.behavior == behavior and m.caps):
        under = np.array([m.caps == caps for m in resolution.methodologies])[index]
        found += [(cap, under) for cap in caps]
    return found


def _columns(
    batch: ActivityColumns, resolution: Resolution, standing: Integers, holders: Holders, amounts: _Amounts,
    keys: NDArray[np.void], content: Integers, scheme: Scheme, now: datetime,
) -> dict[str, NDArray[np.generic]]:  # fmt: skip
    index = resolution.index[standing]
    numbers = np.array(
        [scheme.number_of(coefficient, now=now) for coefficient in resolution.coefficients], dtype=np.int64
    )
    quantities = np.zeros((3, len(standing)), dtype=np.int64)
    for number, required in enumerate(resolution.required):
        members = np.flatnonzero(index == number)
        for place, name in enumerate(required):
            quantities[place, members] = batch.steps[name][standing[members]]
    constant = np.full(len(standing), RECORD, dtype=np.int64)
    return {
        "key": keys[standing], "person_id": holders.persons[standing], "occurred_at": batch.occurred_at[standing],
        "content": content[standing], "household": holders.households[standing],
        "quantity_1": quantities[0], "quantity_2": quantities[1], "quantity_3": quantities[2],
        "reduction_mg": amounts.reduction_mg, "credited_mg": amounts.credited_mg, "points_milli": amounts.award.points_milli,
        "duration_s": batch.duration_s[standing], "coefficient_id": numbers[index], "rule_id": amounts.award.rule_id,
        "expires_on": amounts.award.expires_on, "region": batch.regions[standing], "behavior": batch.behaviors[standing],
        "evidence": batch.evidence[standing], "kind": constant, "capped_by": amounts.capped_by,
    }  # fmt: skip


def _spread(amount: Integers, standing: Integers, many: int) -> Integers:
    full = np.zeros(many, dtype=np.int64)
    full[standing] = amount
    return full
