"""A document that is not in order is refused with its file, line and item, and what would be right, in both languages."""

from pathlib import Path
from typing import NamedTuple

import pytest
from tests.unit.quantify.documents import FACTORS, METHODOLOGY, line_of, write

from tanhui.steps.quantify.checking import check_documents


class Wrong(NamedTuple):
    """A change that makes a document wrong; where that is, and words of the refusal in English and Chinese."""

    name: str
    old: str
    new: str
    code: str
    at: str
    item: str
    en: str
    zh: str


METHODOLOGIES = [
    Wrong("key twice", "evidence: partner", "evidence: partner\nevidence: meter", "document_duplicate_key", "evidence: meter", "evidence", "given twice", "出现了两次"),
    Wrong("not YAML", "gases: [CO2]", "gases: [CO2", "document_syntax", "boundary:", "", "not valid YAML", "不是合法的 YAML"),
    Wrong("unknown key", "evidence: partner", "evidence: partner\nevidense: meter", "document_schema", "evidense", "evidense", "the keys here are: schema, code", "可用的键：schema, code"),
    Wrong("nested unknown key", "{per: day, records: 5}", "{per: day, records: 5, who: me}", "document_schema", "{per: day", "caps.0.who", "unknown key", "未知的键"),
    Wrong("missing key", "gases: [CO2]\n", "", "document_schema", "schema:", "", "gases is missing", "缺少 gases"),
    Wrong("value not offered", "evidence: partner", "evidence: hearsay", "document_schema", "evidence:", "evidence", "not one of: self_declared, partner, meter", "不在允许之列"),
    Wrong("bad version", "version: 1.0.0", "version: one", "document_schema", "version:", "version", "wrong form", "格式不符"),
    Wrong("float with exponent", 'max: "200"', 'max: "2e2"', "document_schema", "distance_km: {", "fields.distance_km.max", "wrong form", "格式不符"),
    Wrong("behavior too large", "behavior: 19", "behavior: 60", "document_schema", "behavior:", "behavior", "must be no more than 59", "不能大于 59"),
    Wrong("too small", "records: 5", "records: 0", "document_schema", "- {per: day", "caps.0.records", "must be no less than 1", "不能小于 1"),
    Wrong("empty list", "gases: [CO2]", "gases: []", "document_schema", "gases:", "gases", "at least 1 items and has 0", "至少需要 1 项"),
    Wrong("too many fields", "requires: [distance_km]", "requires: [distance_km, a, b, c]", "document_schema", "requires:", "variants.distance.requires", "at most 3 items", "最多 3 项"),
    Wrong("empty text", "title: {zh: 方法学, en: methodology}", "title: {zh: '', en: methodology}", "document_schema", "title:", "title.zh", "must not be empty", "不能为空"),
    Wrong("unknown variant of a comparison", 'given: {distance_km: "1"}', 'given: {distance_km: "1"}, variant: ride', "variant_unknown", '- {value: "60"', "comparisons.0.variant", "there are: distance", "可用：distance"),
    Wrong("behavior not a number", "behavior: 19", "behavior: metro", "document_schema", "behavior:", "behavior", "wrong type", "类型不符"),
    Wrong("neither source nor assumption", "source: r, quality: official}", "quality: official}", "document_schema", "share:", "parameters.share", "one of these forms: source | assumption", "以下形式之一"),
    Wrong("two forms of variant", "    baseline:\n", "    coefficient:\n", "document_schema", "  distance:\n", "variants.distance", "baseline+project | coefficient", "以下形式之一"),
    Wrong("assumption without quality", "source: r, quality: official}", "assumption: {zh: 假, en: a}, quality: official}", "quality", "share:", "parameters.share.quality", "go together", "同时出现"),
    Wrong("unknown source", "source: r, quality", "source: q, quality", "source_unknown", "share:", "parameters.share.source", "not listed under sources", "未在 sources 中列出"),
    Wrong("unknown reference", "references: [r]", "references: [q]", "source_unknown", "references:", "references.0", "not listed under sources", "未在 sources 中列出"),
    Wrong("unknown source of a comparison", "unit: gCO2e, source: r", "unit: gCO2e, source: q", "source_unknown", '- {value: "60"', "comparisons.0.source", "not listed", "未在"),
    Wrong("unknown factor", "adjustment: [share], emission_factor: [f]", "adjustment: [shore], emission_factor: [f]", "factor_unknown", "- {term: p", "variants.distance.project.0.adjustment.0", "neither a parameter of this document nor a factor", "既不是本文件的参数"),
    Wrong("unknown field", "requires: [distance_km]", "requires: [distance]", "field_unknown", "requires:", "variants.distance.requires.0", "there are: distance_km", "可用：distance_km"),
    Wrong("field not required", "emission_factor: [f], activity: [distance_km]", "emission_factor: [f], activity: [rides]", "field_unknown", "- {term: b", "variants.distance.baseline.0.activity.0", "there is no field “rides”", "没有字段“rides”"),
    Wrong("unknown unit", "{unit: km,", "{unit: parsec,", "unit_unknown", "distance_km: {", "fields.distance_km.unit", "not one this platform knows", "不是本平台的单位"),
    Wrong("unit that does not fit", "{unit: km,", "{unit: kg,", "term_unit", "- {term: b", "variants.distance.baseline.0", "they must make a mass of gas", "应为温室气体质量"),
    Wrong("functional units", "en: project}, functional_unit: km", "en: project}, functional_unit: ride", "functional_unit", "project: {", "project.functional_unit", "the same service (7.2)", "同等服务（7.2）"),
    Wrong("bounds", 'min: "0"', 'min: "201"', "field_bounds", "distance_km: {", "fields.distance_km", "min no more than max", "min ≤ max"),
    Wrong("step", 'step: "0.001"', 'step: "0"', "field_bounds", "distance_km: {", "fields.distance_km", "above 0", "步长须大于 0"),
    Wrong("no such day", "valid: {from: 2010-01-01}", "valid: {from: 2010-02-30}", "date", "valid:", "valid.from", "must be YYYY-MM-DD", "应为 YYYY-MM-DD"),
    Wrong("unknown region", "regions: [CN]", 'regions: ["990000"]', "region_unknown", "regions:", "regions.0", "six-digit GB/T 2260 code", "六位代码"),
    Wrong("in force on an assumption", "source: r, quality: official}", "assumption: {zh: 假, en: a}, quality: assumption}", "in_force_on_assumption", "status:", "status", "must stay trial", "须保持 trial"),
    Wrong("gap before the factor", "valid: {from: 2010-01-01}", "valid: {from: 2009-01-01}", "factor_missing", "- {term: b", "variants.distance.baseline.0.emission_factor.0", "on 2009-01-01; add one, or shorten", "没有数值"),
    Wrong("too large", 'max: "200"', 'max: "2000000000000"', "coefficient_too_large", "  distance:\n", "variants.distance", "leaves 64 bits", "超出 64 位整数"),
]  # fmt: skip

FACTOR_DOCUMENTS = [
    Wrong("gap", "until: 2020-01-01", "until: 2019-01-01", "factor_missing", "", "variants.distance.baseline.0.emission_factor.0", "on 2019-01-01", "没有数值"),
    Wrong("overlap", "until: 2020-01-01", "until: 2020-01-02", "validity_overlap", 'from: 2020-01-01, value: "90"', "factors.0.values.1.from", "overlaps another value of the same region", "重叠"),
    Wrong("ends before it begins", "until: 2020-01-01", "until: 2009-01-01", "validity", 'value: "100"', "factors.0.values.0.until", "must end after it begins", "有效期止须晚于起"),
    Wrong("unknown source", "source: s, quality", "source: t, quality", "source_unknown", 'value: "100"', "factors.0.values.0.source", "not listed under sources", "未在 sources 中列出"),
    Wrong("no source", 'value: "100", source: s, quality: official', 'value: "100", quality: official', "document_schema", 'value: "100"', "factors.0.values.0", "one of these forms: source | assumption", "以下形式之一"),
    Wrong("unknown unit", "unit: gCO2e/km", "unit: gCO2e/league", "unit_unknown", 'value: "100"', "factors.0.values.0", "not one this platform knows", "不是本平台的单位"),
    Wrong("unknown region", 'region: "440000"', 'region: "4400"', "region_unknown", 'value: "80"', "factors.0.values.2", "six-digit GB/T 2260 code", "六位代码"),
    Wrong("computed unit", 'value: "100"', 'compute: [{name: a, value: "2", unit: kg}, {name: b, value: "3", unit: MJ/kg}]', "unit_misfit", "compute:", "factors.0.values.0", "cannot be converted", "无法换算"),
    Wrong("source of a component", 'value: "100"', 'compute: [{name: a, value: "2", unit: gCO2e, source: t}, {name: b, value: "3", unit: 1/km}]', "source_unknown", "compute:", "factors.0.values.0.compute.0.source", "not listed", "未在"),
    Wrong("code twice", "factors:\n", 'factors:\n  - {code: f, title: {zh: 因, en: f}, unit: kg, values: [{region: CN, from: 2010-01-01, value: "1", source: s, quality: official}]}\n', "factor_duplicate", "  - code: f", "factors.1.code", "exists already", "已存在"),
    Wrong("a day that is not", "until: 2020-01-01", "until: 2020-13-01", "date", 'value: "100"', "factors.0.values.0.until", "must be YYYY-MM-DD", "应为 YYYY-MM-DD"),
]  # fmt: skip


def test_as_they_are_they_are_in_order(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    write(tmp_path / "m.yaml", METHODOLOGY)

    checked = check_documents([tmp_path])

    assert checked.problems == []
    assert (checked.documents, checked.factors, checked.methodologies) == (2, 1, 1)


@pytest.mark.parametrize("wrong", METHODOLOGIES, ids=lambda wrong: wrong.name)
def test_a_methodology_is_refused(tmp_path: Path, wrong: Wrong) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    text = write(tmp_path / "m.yaml", METHODOLOGY, (wrong.old, wrong.new))

    _expect(tmp_path, wrong, "m.yaml", line_of(text, wrong.at))


@pytest.mark.parametrize("wrong", FACTOR_DOCUMENTS, ids=lambda wrong: wrong.name)
def test_a_factor_document_is_refused(tmp_path: Path, wrong: Wrong) -> None:
    text = write(tmp_path / "f.yaml", FACTORS, (wrong.old, wrong.new))
    methodology = write(tmp_path / "m.yaml", METHODOLOGY)

    if wrong.at:
        _expect(tmp_path, wrong, "f.yaml", line_of(text, wrong.at))
    else:
        _expect(tmp_path, wrong, "m.yaml", line_of(methodology, "- {term: b"))


def test_the_inverse_of_a_parameter_of_zero_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    text = write(
        tmp_path / "m.yaml", METHODOLOGY, ('value: "1/3"', 'value: "0.0"'), ("adjustment: [share]", 'adjustment: ["/share"]')
    )  # fmt: skip

    (problem,) = check_documents([tmp_path]).problems

    assert (problem.path.name, problem.line) == ("m.yaml", line_of(text, "- {term: p"))
    assert (problem.code, problem.item) == ("inverse_of_zero", "variants.distance.project.0.adjustment.0")


def test_the_inverse_of_a_factor_that_is_zero_somewhere_at_some_time_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS, ('value: "80"', 'value: "0"'))
    write(tmp_path / "m.yaml", METHODOLOGY, ("adjustment: [share]", 'adjustment: [share, "/f"]'))

    (problem,) = check_documents([tmp_path]).problems

    assert (problem.code, problem.item) == ("inverse_of_zero", "variants.distance.project.0.adjustment.1")
    assert "“f” is 0 in 440000 from 2015-01-01" in problem.said.en
    assert "“f”在 440000 自 2015-01-01 起为 0" in problem.said.zh


def test_every_problem_of_a_document_is_found(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    changes = (
        ("evidence: partner", "evidence: hearsay"),
        ("version: 1.0.0", "version: one"),
        ("records: 5", "records: 0"),
    )
    write(tmp_path / "m.yaml", METHODOLOGY, *changes)

    assert [problem.item for problem in check_documents([tmp_path]).problems] == [
        "version",
        "evidence",
        "caps.0.records",
    ]


def test_beside_a_shipped_one_of_another_code_is_noted_only(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    write(tmp_path / "m.yaml", METHODOLOGY)

    (note,) = check_documents([tmp_path]).notes

    assert (note.code, note.item) == ("methodology_overlap", "regions")
    assert "m and metro are both in force" in note.said.en


def test_two_given_for_the_same_place_and_time_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "f.yaml", FACTORS)
    write(tmp_path / "m.yaml", METHODOLOGY)
    write(tmp_path / "n.yaml", METHODOLOGY, ("code: m", "code: n"))

    (problem,) = check_documents([tmp_path]).problems

    assert (problem.code, problem.line, problem.item) == ("methodology_overlap", 7, "regions")


def test_three_products_of_fields_are_the_most(tmp_path: Path) -> None:
    term = METHODOLOGY[METHODOLOGY.index("      - {term: b") : METHODOLOGY.index("    project:\n      -")]
    activities = ("[a, b]", "[a, c]", "[b, c]", "[a, b, c]")
    terms = "".join(term.replace("[distance_km]", activity) for activity in activities)
    fields = "".join(
        f'  {name}: {{unit: km, step: "1", min: "0", max: "9", meaning: {{zh: 数, en: n}}}}\n' for name in "abc"
    )
    write(tmp_path / "f.yaml", FACTORS)
    write(
        tmp_path / "m.yaml", METHODOLOGY, ("fields:\n", f"fields:\n{fields}"), (term, terms),
        ("requires: [distance_km]", "requires: [a, b, c]"),
        ("emission_factor: [f], activity: [distance_km]", "emission_factor: [f], activity: [a]"),
    )  # fmt: skip

    assert [problem.code for problem in check_documents([tmp_path]).problems] == ["variant_monomials"]


def test_a_document_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1\n")

    (problem,) = check_documents([tmp_path]).problems

    assert (problem.code, problem.line, problem.item) == ("document_kind", 1, "")
    assert "tanhui/methodology/1" in problem.said.en


def _expect(folder: Path, wrong: Wrong, file: str, line: int) -> None:
    problem = check_documents([folder]).problems[0]
    assert (problem.code, problem.path.name, problem.line, problem.item) == (wrong.code, file, line, wrong.item)
    assert wrong.en in problem.said.en
    assert wrong.zh in problem.said.zh
    assert problem.text.en.startswith(f"{file}, line {line}, ")
    assert problem.text.zh.startswith(f"{file} 第 {line} 行")
