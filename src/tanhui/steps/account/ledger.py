"""The carbon account's dealings with the ledger: opening, reading for a batch, posting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanhui.support.ledger import services as ledger
from tanhui.support.ledger.selectors import read_accounts
from tanhui.support.ledger.types import Accounts, BatchHead, Columns

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AccountState:
    """The accounts of a batch's persons as they were when it began."""

    persons: Integers
    accounts: Accounts

    def postings_of(self, persons: Integers) -> Integers:
        """How many postings each of these persons' accounts had."""
        return self.accounts.postings[np.searchsorted(self.persons, persons)]

    def ended_at_of(self, persons: Integers) -> Integers:
        """When the last act in each of these persons' accounts ended, in µs since 1970; very small when there is none."""
        return self.accounts.ended_at[np.searchsorted(self.persons, persons)]

    def standing_of(self, persons: Integers) -> Integers:
        """What the state of each of these persons allows: `ACTIVE`, `FROZEN`, `CLOSING` or `CLOSED`."""
        return self.accounts.standing[np.searchsorted(self.persons, persons)]

    def brought_up(self, persons: Integers, *, changed: Integers) -> "AccountState":
        """The state of `persons` (sorted, different): what is known here of those not `changed` since, the others read now."""
        known = np.isin(persons, self.persons) & ~np.isin(persons, changed)
        fresh = read_accounts(persons[~known])
        postings, ended_at, standing = (np.empty_like(persons) for _ in range(3))
        postings[known], ended_at[known] = self.postings_of(persons[known]), self.ended_at_of(persons[known])
        standing[known] = self.standing_of(persons[known])
        postings[~known], ended_at[~known], standing[~known] = fresh.postings, fresh.ended_at, fresh.standing
        return AccountState(persons, Accounts(postings, ended_at, standing))


def open_carbon_accounts(persons: Integers) -> None:
    """Opens the accounts of new persons. Raises `Crowded` when another writer opened one of them."""
    if len(persons):
        ledger.open_accounts(persons)


def read_state(persons: Integers, *, hold: bool) -> AccountState:
    """The state of these accounts, sorted and different; held until the transaction ends when `hold`."""
    if hold:
        ledger.lock_accounts(persons)
    return AccountState(persons, read_accounts(persons))


def hold_households(households: Integers) -> None:
    """Lets nobody else book for these households until the transaction ends (0: none), so that a cap they share is exact.

    To be called before any account is read: whoever waits here must hold nothing that another waits for.
    """
    ledger.lock_households(households[households != 0])


def post_batch(head: BatchHead, columns: Columns) -> int:
    """Books a batch of postings and says its number. Raises `Crowded`."""
    batch_id = ledger.open_batch(head)
    ledger.post_records({**columns, "batch_id": np.full(len(columns["key"]), batch_id, dtype=np.int64)})
    return batch_id
