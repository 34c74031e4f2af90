"""A nearer methodology takes precedence over a farther one for the days it is in force."""

from datetime import date
from pathlib import Path

import pytest

from tanhui.core.refusal import Refusal
from tanhui.steps.quantify.library import Library, choose
from tanhui.steps.quantify.loader import load_factors

FACTORS = """
schema: tanhui/factor/1
factors:
  - code: f
    title: {zh: 因子, en: factor}
    unit: gCO2e/ride
    values:
      - {region: CN, from: 2010-01-01, value: "1", quality: assumption, assumption: {zh: 假设, en: assumed}}
      - {region: "110000", from: 2010-01-01, value: "2", quality: assumption, assumption: {zh: 假设, en: assumed}}
"""
DOCUMENT = """
schema: tanhui/methodology/1
code: {code}
behavior: 19
version: 1.0.0
status: trial
title: {{zh: 方法学, en: methodology}}
regions: ["{region}"]
valid: {{from: {since}, until: {until}}}
evidence: partner
gases: [CO2]
boundary: {{zh: 边界, en: boundary}}
baseline: {{scenario: {{zh: 基准线, en: baseline}}, functional_unit: ride}}
project: {{scenario: {{zh: 项目, en: project}}, functional_unit: ride}}
fields:
  rides: {{unit: ride, step: 1, min: 1, max: 20, meaning: {{zh: 次数, en: rides}}}}
variants:
  ride:
    title: {{zh: 按次, en: by ride}}
    requires: [rides]
    coefficient:
      - {{term: t, title: {{zh: 项, en: term}}, category: transport, direct: true, emission_factor: [f], activity: [rides]}}
"""


def library_of(folder: Path, *documents: tuple[str, str, str, str]) -> Library:
    (folder / "f.yaml").write_text(FACTORS, encoding="utf-8")
    paths = []
    for code, region, since, until in documents:
        paths.append(folder / f"{code}.yaml")
        text = DOCUMENT.format(code=code, region=region, since=since, until=until)
        paths[-1].write_text(text, encoding="utf-8")
    return Library(load_factors([folder / "f.yaml"]), {19: paths})


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2019, 12, 31), "nation"),
        (date(2020, 1, 1), "beijing"),
        (date(2021, 12, 31), "beijing"),
        (date(2022, 1, 1), "nation"),
    ],
)
def test_province_before_nation_while_in_force(tmp_path: Path, on: date, code: str) -> None:
    library = library_of(
        tmp_path, ("nation", "CN", "2010-01-01", "2030-01-01"), ("beijing", "110000", "2020-01-01", "2022-01-01")
    )

    found = choose(library, behavior=19, region="110105", on=on, given=["rides"])

    assert (found.methodology, found.region) == (code, "110000")


def test_rows_of_one_place_never_overlap(tmp_path: Path) -> None:
    library = library_of(
        tmp_path, ("nation", "CN", "2010-01-01", "2030-01-01"), ("beijing", "110000", "2020-01-01", "2022-01-01")
    )

    periods = sorted((row.valid_from, row.valid_until) for row in library.coefficients(19)["110000"])

    assert periods == [
        (date(2010, 1, 1), date(2020, 1, 1)),
        (date(2020, 1, 1), date(2022, 1, 1)),
        (date(2022, 1, 1), date(2030, 1, 1)),
    ]


def test_two_equally_near_are_refused(tmp_path: Path) -> None:
    library = library_of(
        tmp_path, ("one", "CN", "2010-01-01", "2030-01-01"), ("other", "CN", "2020-01-01", "2022-01-01")
    )

    with pytest.raises(Refusal) as refused:
        library.coefficients(19)

    assert refused.value.code == "methodology_overlap"
