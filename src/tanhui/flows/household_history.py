"""A household's earlier months, booked or kept for want of a baseline: a partner may send one month at a time."""

from datetime import date
from zoneinfo import ZoneInfo

from tanhui.participants.persons.selectors import person_of_subject
from tanhui.participants.persons.services import subject_hash
from tanhui.steps.account.selectors import standing_records
from tanhui.steps.collect.mapping import FeedMapping
from tanhui.steps.collect.selectors import kept_months
from tanhui.steps.quantify.stored import stored_coefficient


class HouseholdHistory:
    """Called with a partner's user id, gives that household's earlier months: first day, and whole steps of the reading."""

    def __init__(self, mapping: FeedMapping, *, namespace: str, secret: bytes) -> None:
        assert mapping.aggregate is not None
        self.behavior, self.field = mapping.behaviors[0], mapping.aggregate.field
        self.zone = ZoneInfo(mapping.zone)
        self.namespace, self.secret = namespace, secret
        self.kept = kept_months(mapping.name, namespace=namespace)

    def __call__(self, subject: str) -> list[tuple[date, int]]:
        """The months in order; empty for somebody unknown."""
        months = dict(self.kept.get(subject, {}))
        person = person_of_subject(subject_hash(secret=self.secret, namespace=self.namespace, subject=subject))
        if person is None:
            return sorted(months.items())
        for row in standing_records(person, behavior=self.behavior):
            names = [field["name"] for field in stored_coefficient(row["coefficient_id"])["fields"]]
            if self.field in names:
                steps = (row["quantity_1"], row["quantity_2"], row["quantity_3"])[names.index(self.field)]
                months[row["occurred_at"].astimezone(self.zone).date().replace(day=1)] = steps
        return sorted(months.items())
