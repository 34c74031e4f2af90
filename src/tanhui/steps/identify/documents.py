"""YAML documents read so that every item knows its line, and nothing is guessed.

Numbers stay as they are written (strings), so that no float ever comes between a published figure and its fraction;
a key given twice is refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Path_ = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentRefusal(Refusal):
    """A document that cannot be used: names the file, the line, the item and what would be right."""

    def __init__(self, code: str, text: Text, *, path: Path, line: int, item: str) -> None:
        place = Text(
            f"{path.name} 第 {line} 行，{item or '文件'}：", f"{path.name}, line {line}, {item or 'document'}: "
        )
        super().__init__(code, Text(place.zh + text.zh, place.en + text.en), field=item)
        self.path, self.line, self.item = path, line, item
        self.said = text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as problem:
        sentence = Text("没有这个文件。", "there is no such file.")
        raise DocumentRefusal("document_unreadable", sentence, path=path, line=1, item="") from problem
    except (OSError, ValueError) as problem:
        sentence = Text("无法作为 UTF-8 文本读取。", "it cannot be read as UTF-8 text.")
        raise DocumentRefusal("document_unreadable", sentence, path=path, line=1, item="") from problem


class Document:
    """A YAML document: its content as plain values, and the line of every item in it."""

    def __init__(self, path: Path, *, text: str | None = None) -> None:
        """Raises `DocumentRefusal` when it is not YAML or gives a key twice. `text` is the content if the file is not there."""
        self.path = path
        self.text = _read(path) if text is None else text
        self._lines: dict[Path_, int] = {(): 1}
        try:
            node = yaml.compose(self.text, Loader=_Loader)
        except yaml.MarkedYAMLError as problem:
            line = problem.problem_mark.line + 1 if problem.problem_mark else 1
            sentence = Text("不是合法的 YAML：{p}", "not valid YAML: {p}").format(p=problem.problem)
            raise DocumentRefusal("document_syntax", sentence, path=path, line=line, item="") from problem
        except (yaml.YAMLError, RecursionError) as problem:
            sentence = Text("不是合法的 YAML。", "not valid YAML.")
            raise DocumentRefusal("document_syntax", sentence, path=path, line=1, item="") from problem
        try:
            self.content: Any = self._value(node, ()) if node is not None else {}
        except RecursionError as problem:
            raise self.refuse("document_syntax", Text("嵌套过深。", "nested too deeply.")) from problem

    def refuse(self, code: str, text: Text, at: Path_ = ()) -> DocumentRefusal:
        """The refusal of the item at that path, to be raised."""
        while at and at not in self._lines:
            at = at[:-1]
        item = ".".join(str(part) for part in at)
        return DocumentRefusal(code, text, path=self.path, line=self._lines[at], item=item)

    def validate(self, validator: Draft202012Validator) -> None:
        """Raises `DocumentRefusal` for the first place where the document does not fit its JSON Schema."""
        for problem in self.misfits(validator):
            raise problem

    def misfits(self, validator: Draft202012Validator) -> list[DocumentRefusal]:
        """Every place where the document does not fit its JSON Schema, from top to bottom."""
        problems = sorted(validator.iter_errors(self.content), key=lambda p: (self._line_of(p), str(p.message)))
        return [self.refuse("document_schema", _sentence(problem), _place(problem)) for problem in problems]

    def _line_of(self, problem: ValidationError) -> int:
        return self._lines.get(_place(problem), 0)

    def _value(self, node: yaml.Node, at: Path_) -> Any:
        self._lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, at))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*at, number)) for number, item in enumerate(node.value)]
        return _scalar(node.tag.removeprefix("tag:yaml.org,2002:"), node.value)

    def _pairs(self, node: yaml.MappingNode, at: Path_) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in seen:
                self._lines[(*at, key)] = key_node.start_mark.line + 1
                text = Text("键“{k}”出现了两次；请只保留一个。", "the key “{k}” is given twice; keep one.").format(
                    k=key
                )
                raise self.refuse("document_duplicate_key", text, (*at, key))
            seen.add(key)
            value = self._value(value_node, (*at, key))
            self._lines[(*at, key)] = key_node.start_mark.line + 1
            yield key, value


def _scalar(kind: str, written: str) -> Any:
    """A plain value; a number that is not a plain whole one stays as it is written."""
    if kind == "null":
        return None
    if kind == "bool":
        return yaml.constructor.SafeConstructor.bool_values[written.lower()]
    return int(written) if kind == "int" and re.fullmatch(r"-?(0|[1-9]\d*)", written) else written


def _place(problem: ValidationError) -> Path_:
    path: Path_ = tuple(problem.absolute_path)
    if problem.validator == "additionalProperties" and isinstance(problem.instance, dict):
        known = problem.schema.get("properties", {}) if isinstance(problem.schema, dict) else {}
        unknown = [key for key in problem.instance if key not in known]
        return (*path, unknown[0]) if unknown else path
    return path


_SENTENCES = {
    "enum": Text("值“{g}”不在允许之列：{w}。", "the value “{g}” is not one of: {w}."),
    "pattern": Text("值“{g}”格式不符，应匹配 {w}。", "the value “{g}” has the wrong form; it must match {w}."),
    "type": Text("值“{g}”类型不符，应为 {w}。", "the value “{g}” has the wrong type; it must be {w}."),
    "const": Text("值“{g}”应为 {w}。", "the value “{g}” must be {w}."),
    "minItems": Text("至少需要 {w} 项，现有 {n} 项。", "it needs at least {w} items and has {n}."),
    "minProperties": Text("至少需要 {w} 项，现有 {n} 项。", "it needs at least {w} items and has {n}."),
    "maxItems": Text("最多 {w} 项，现有 {n} 项。", "it may have at most {w} items and has {n}."),
    "minLength": Text("不能为空。", "it must not be empty."),
    "minimum": Text("值 {g} 不能小于 {w}。", "the value {g} must be no less than {w}."),
    "maximum": Text("值 {g} 不能大于 {w}。", "the value {g} must be no more than {w}."),
}


def _sentence(problem: ValidationError) -> Text:
    rule = str(problem.validator)
    wanted, got = cast("Any", problem.validator_value), cast("Any", problem.instance)  # set in every schema's problem
    if rule in _SENTENCES:
        shown = ", ".join(map(str, wanted)) if isinstance(wanted, list) else wanted
        return _SENTENCES[rule].format(g=got, w=shown, n=len(got) if isinstance(got, (str, list, dict)) else 1)
    match rule:
        case "required":
            names = ", ".join(name for name in wanted if name not in got)
            return Text("缺少 {n}。", "{n} is missing.").format(n=names)
        case "additionalProperties":
            known = ", ".join(problem.schema.get("properties", {})) if isinstance(problem.schema, dict) else ""
            return Text("未知的键；可用的键：{k}。", "unknown key; the keys here are: {k}.").format(k=known)
        case "oneOf" | "anyOf":
            forms = " | ".join("+".join(form.get("required", [])) for form in wanted)
            return Text("应符合以下形式之一：{f}。", "it must have one of these forms: {f}.").format(f=forms)
    return Text("不符合规则 {r}：{m}", "it breaks the rule {r}: {m}").format(r=rule, m=problem.message)
