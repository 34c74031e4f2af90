"""The signature of the provider's API, on the worked example that is published for it."""

from datetime import UTC, datetime

from tanhui.participants.persons.providers.tc3 import authorization


def test_the_published_example() -> None:
    made = authorization(
        secret_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret_key="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", service="cvm",
        host="cvm.tencentcloudapi.com", now=datetime.fromtimestamp(1551113065, UTC),
        body=rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
    )  # fmt: skip

    assert made == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_the_day_is_that_of_the_time_in_utc() -> None:
    late = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)

    made = authorization(secret_id="a", secret_key="b", service="sms", host="h", now=late, body=b"{}")

    assert "Credential=a/2026-03-01/sms/" in made
