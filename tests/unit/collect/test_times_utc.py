"""Local times become UTC by the zone's own rules; what daylight saving leaves open is settled as declared."""

import polars as pl
import pytest

from tanhui.steps.collect.times import utc


def read(text: str, form: str, zone: str = "Asia/Shanghai", ambiguous="earliest", nonexistent="shift") -> str | None:
    frame = pl.DataFrame({"t": [text]})
    expression = utc(pl.col("t"), formats=[form], zone=zone, ambiguous=ambiguous, nonexistent=nonexistent)
    value = frame.select(expression).item()
    return None if value is None else value.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "form", "wanted"),
    [
        ("2016/8/1 0:23", "%Y/%m/%d %H:%M", "2016-07-31 16:23:00"),
        ("4/12/2016", "%m/%d/%Y", "2016-04-11 16:00:00"),
        ("4/12/2016", "%d/%m/%Y", "2016-12-03 16:00:00"),
        ("2024-05-01T08:00:00+02:00", "iso8601", "2024-05-01 06:00:00"),
        ("2024-05-01T08:00:00.250Z", "iso8601", "2024-05-01 08:00:00"),
        ("2024-05-01T08:00:00", "iso8601", "2024-05-01 00:00:00"),
        ("1714521600", "epoch_s", "2024-05-01 00:00:00"),
        ("1714521600123", "epoch_ms", "2024-05-01 00:00:00"),
        ("45413.5", "excel_serial", "2024-05-01 04:00:00"),
        ("2024年5月1日 08:00", "%Y年%m月%d日 %H:%M", "2024-05-01 00:00:00"),
    ],
)
def test_a_time_is_read_in_its_format(text, form, wanted):
    assert read(text, form) == wanted


@pytest.mark.parametrize("text", ["2024-13-01 00:00:00", "2024-02-30 00:00:00", "yesterday", "", "2024-05-01"])
def test_what_is_no_time_is_null(text):
    assert read(text, "%Y-%m-%d %H:%M:%S") is None


def test_an_hour_that_happens_twice_is_taken_as_declared():
    twice = ("2019-10-27 02:30:00", "%Y-%m-%d %H:%M:%S", "Europe/Oslo")
    assert read(*twice, ambiguous="earliest") == "2019-10-27 00:30:00"
    assert read(*twice, ambiguous="latest") == "2019-10-27 01:30:00"
    assert read(*twice, ambiguous="refuse") is None
    assert read("2019-10-28 02:30:00", *twice[1:], ambiguous="refuse") == "2019-10-28 01:30:00"


def test_an_hour_that_never_happens_is_shifted_or_refused():
    never = ("2021-03-28 02:30:00", "%Y-%m-%d %H:%M:%S", "Europe/Oslo")
    assert read(*never) == "2021-03-28 01:30:00"  # 03:30 summer time
    assert read(*never, nonexistent="refuse") is None
