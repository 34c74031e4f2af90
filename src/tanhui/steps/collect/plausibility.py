"""What a record may say: within the agreement, not in the future, within the fields' bounds, no faster than can be."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tanhui.core.described import decimal
from tanhui.core.methodology import EVIDENCE_LEVELS, Methodology
from tanhui.participants.organizations.types import PartnerTerms
from tanhui.steps.collect.columns import SECOND, ActivityColumns
from tanhui.steps.collect.verdicts import Verdicts

Integers = NDArray[np.int64]
EPOCH = 719_163  # the ordinal of 1970-01-01
LONGEST_S = 32 * 86_400  # a month of readings is the longest record; in some zones it has an hour more
DISTANCE = "distance_km"
NEARLY = 0.999  # of the most: from here on the speed is computed exactly


def check_times(verdicts: Verdicts, batch: ActivityColumns, *, terms: PartnerTerms, now: datetime) -> None:
    """Refuses what happened in the future or outside the agreement, or lasted longer than anything does."""
    occurred_at, days, duration_s = batch.occurred_at, batch.days, batch.duration_s
    for record in np.flatnonzero(occurred_at > int(now.timestamp() * SECOND)).tolist():
        verdicts.refuse([record], "in_the_future", field="occurred_at", value=_moment(int(occurred_at[record])))
    for record in np.flatnonzero(days < terms.agreement_from.toordinal() - EPOCH).tolist():
        moment = _moment(int(occurred_at[record]))
        verdicts.refuse([record], "before_agreement", field="occurred_at", value=moment, since=terms.agreement_from)
    if terms.agreement_until is not None:
        for record in np.flatnonzero(days >= terms.agreement_until.toordinal() - EPOCH).tolist():
            moment = _moment(int(occurred_at[record]))
            verdicts.refuse([record], "after_agreement", field="occurred_at", value=moment, until=terms.agreement_until)
    for record in np.flatnonzero((duration_s < 0) | (duration_s > LONGEST_S)).tolist():
        verdicts.refuse(
            [record],
            "out_of_bounds",
            field="duration_s",
            value=int(duration_s[record]),
            least=0,
            most=LONGEST_S,
            unit="s",
        )


def check_figures(
    verdicts: Verdicts,
    methodology: Methodology,
    required: tuple[str, ...],
    members: Integers,
    *,
    steps: Mapping[str, Integers],
    duration_s: Integers,
    evidence: Integers,
) -> None:
    """Refuses figures out of the methodology's bounds, speeds beyond its own, and evidence below what it asks for."""  # fmt: skip
    for name in required:
        field = methodology.fields[name]
        least, most = (field.least / field.step).__ceil__(), (field.most / field.step).__floor__()
        column = steps[name][members]
        for record in members[(column < least) | (column > most)]:
            value = decimal(int(steps[name][record]) * field.step)
            verdicts.refuse(
                [record], "out_of_bounds", field=name, value=value, least=decimal(field.least), most=decimal(field.most), unit=field.unit,
            )  # fmt: skip
    wanted = EVIDENCE_LEVELS.index(methodology.evidence)
    for record in members[evidence[members] < wanted]:
        verdicts.refuse(
            [record],
            "evidence_too_low",
            field="evidence",
            value=EVIDENCE_LEVELS[int(evidence[record])],
            least=methodology.evidence,
        )
    if methodology.max_speed_kmh is not None and DISTANCE in required:
        _check_speed(verdicts, methodology, methodology.max_speed_kmh, members, steps[DISTANCE], duration_s)


def _check_speed(
    verdicts: Verdicts,
    methodology: Methodology,
    most: Fraction,
    members: Integers,
    distance: Integers,
    duration_s: Integers,
) -> None:
    step = methodology.fields[DISTANCE].step
    about = distance[members] * float(step) * 3600 / np.maximum(duration_s[members], 1)
    suspects = members[(duration_s[members] > 0) & (about > float(most) * NEARLY)]
    for record in suspects.tolist():
        speed = int(distance[record]) * step * 3600 / int(duration_s[record])
        if speed > most:
            verdicts.refuse([record], "too_fast", field=DISTANCE, value=f"{float(speed):.1f} km/h", most=decimal(most))


def _moment(microseconds: int) -> str:
    return str(np.datetime64(microseconds, "us")) + "Z"
