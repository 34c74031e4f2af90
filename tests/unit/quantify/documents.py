"""A small methodology and its factor, in order as they are, to be changed by a test."""

from pathlib import Path

FACTORS = """\
schema: tanhui/factor/1
sources:
  s: {title: {zh: 来源, en: source}, publisher: p, year: 2020, url: "https://example.org", read: original}
factors:
  - code: f
    title: {zh: 因子, en: factor}
    unit: gCO2e/km
    values:
      - {region: CN, from: 2010-01-01, until: 2020-01-01, value: "100", source: s, quality: official}
      - {region: CN, from: 2020-01-01, value: "90", source: s, quality: official}
      - {region: "440000", from: 2015-01-01, value: "80", source: s, quality: official}
"""
METHODOLOGY = """\
schema: tanhui/methodology/1
code: m
behavior: 19
version: 1.0.0
status: in_force
title: {zh: 方法学, en: methodology}
regions: [CN]
valid: {from: 2010-01-01}
evidence: partner
gases: [CO2]
boundary: {zh: 边界, en: boundary}
baseline: {scenario: {zh: 基准线, en: baseline}, functional_unit: km}
project: {scenario: {zh: 项目, en: project}, functional_unit: km}
references: [r]
sources:
  r: {title: {zh: 来源, en: source}, publisher: p, year: 2020, url: "https://example.org", read: original}
fields:
  distance_km: {unit: km, step: "0.001", min: "0", max: "200", meaning: {zh: 里程, en: distance}}
parameters:
  share: {title: {zh: 比例, en: share}, value: "1/3", unit: "1", source: r, quality: official}
variants:
  distance:
    title: {zh: 按里程, en: by distance}
    requires: [distance_km]
    baseline:
      - {term: b, title: {zh: 项, en: term}, category: transport, direct: true, emission_factor: [f], activity: [distance_km]}
    project:
      - {term: p, title: {zh: 项, en: term}, category: transport, direct: true, adjustment: [share], emission_factor: [f], activity: [distance_km]}
caps:
  - {per: day, records: 5}
comparisons:
  - {value: "60", unit: gCO2e, source: r, given: {distance_km: "1"}, why: {zh: 因, en: why}}
"""  # fmt: skip


def line_of(text: str, part: str) -> int:
    """The number of the line that a part stands in."""
    return text[: text.index(part)].count("\n") + 1


def write(path: Path, text: str, *changes: tuple[str, str]) -> str:
    """Writes the document with these changes, each of which must fit once or more, and gives its text."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return text
