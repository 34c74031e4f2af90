"""Where the platform obtains consents, nothing is booked or kept of a person who has not linked the partner."""

import pytest
from tests.api.doors import Doorway, ends


@pytest.fixture
def asking(django_db_setup, django_db_blocker):
    from tanhui.participants.organizations.types import BY_PLATFORM

    with django_db_blocker.unblock(), Doorway.open(consent=BY_PLATFORM) as door:
        yield door


def kept_of(partner_id):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reason, raw, record_key, state FROM collect_quarantined_row WHERE partner_id = %s ORDER BY id",
            [partner_id],
        )
        return cursor.fetchall()


def test_a_stranger_is_refused_and_nothing_of_the_event_is_kept(asking):
    stranger = asking.event(subject="zhang-san", household="meter-88")
    answer = asking.send(stranger, asking.event(subject="li-si", distance_km="ten"), {"id": "x", "subject": "wang-wu"})

    assert ends(answer.json()["results"])[:2] == ["no_consent", "not_a_number"]
    kept = kept_of(asking.terms.id)
    assert [row[0] for row in kept[:2]] == ["no_consent", "not_a_number"]
    told = str(kept)
    assert not [
        word for word in ("zhang-san", "li-si", "wang-wu", "meter-88", "ten", stranger["id"]) if f'"{word}"' in told
    ]
    assert {row[2] for row in kept} == {None}
    assert {row[3] for row in kept} == {"dismissed"}


def test_persons_of_the_sandbox_are_virtual_and_asked_nothing(asking):
    asking.token = asking.sign_in(asking.issue(live=False))
    assert asking.send(asking.event()).status_code == 201
