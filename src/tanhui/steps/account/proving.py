"""Proving what was credited: all of a reduction, or less where a cap says so, and nothing for a negative one."""

import numpy as np
from numpy.typing import NDArray

from tanhui.steps.account.services import CAPPED_BY_RECORDS, CAPPED_BY_REDUCTION
from tanhui.support.ledger.types import REVERSAL

Integers = NDArray[np.int64]


def credits_follow(
    *, kind: Integers, reduction_mg: Integers, credited_mg: Integers, capped_by: Integers
) -> NDArray[np.bool_]:
    """Whether each record's credit follows from its reduction and cap, of shape (records,).

    That a reversal is the exact negative of its record is proved in the ledger.
    """
    most = np.maximum(reduction_mg, 0)
    cut = (capped_by == CAPPED_BY_RECORDS) | (capped_by == CAPPED_BY_REDUCTION)
    right: NDArray[np.bool_] = np.where(cut, (credited_mg >= 0) & (credited_mg < most), credited_mg == most)
    right |= kind == REVERSAL
    return right
