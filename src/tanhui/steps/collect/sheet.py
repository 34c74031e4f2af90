"""Kept rows as a sheet that a person corrects: their cells as they came, with the reason beside them (CSV or XLSX)."""

from pathlib import Path
from typing import Any

import fastexcel
import polars as pl
from xlsxwriter.exceptions import XlsxWriterException

from tanhui.core.refusal import Refusal
from tanhui.core.text import Language, Text
from tanhui.steps.collect.encodings import decoded

NUMBER, ROW, REASON, DETAIL = "_quarantine", "_row", "_reason", "_detail"
OURS = (NUMBER, ROW, REASON, DETAIL)
LINE = "line"
"""The one cell of a row that could not be split into cells."""


def write_sheet(rows: list[dict[str, Any]], path: Path, *, language: Language) -> None:
    """Writes the rows to a CSV (UTF-8 with BOM, as spreadsheet programs like it) or XLSX file, by the path's ending.

    Raises `Refusal` for another ending, and when the rows are of several feeds, whose columns differ.
    """
    mappings = sorted({row["mapping"] for row in rows})
    if len(mappings) > 1:
        text = Text(
            "所选记录来自多个映射：{m}；请用 --mapping 选一个。",
            "The rows are of several mappings: {m}; choose one with --mapping.",
        )
        raise Refusal("several_mappings", text.format(m=", ".join(mappings)), field="mapping")
    cells = list(dict.fromkeys(name for row in rows for name in row["raw"]))
    table = [
        {
            NUMBER: str(row["id"]),
            ROW: str(row["row"]),
            REASON: row["reason"],
            DETAIL: row[f"detail_{language}"],
            **row["raw"],
        }
        for row in rows
    ]
    frame = pl.DataFrame(table, schema=dict.fromkeys([*OURS, *cells], pl.String))
    match path.suffix.lower():
        case ".csv" | ".xlsx":
            _write(frame, path)
        case other:
            text = Text(
                "不支持“{o}”；请用 .csv 或 .xlsx。", "“{o}” is no kind of sheet we write; use .csv or .xlsx."
            ).format(o=other)
            raise Refusal("sheet_kind", text, field="file")


def _write(frame: pl.DataFrame, path: Path) -> None:
    try:
        if path.suffix.lower() == ".csv":
            frame.write_csv(path, include_bom=True)
        else:
            frame.write_excel(path, autofit=True)
    except (OSError, XlsxWriterException) as problem:
        text = Text("无法写入 {p}。", "{p} cannot be written.").format(p=path)
        raise Refusal("sheet_unwritable", text, field="file") from problem


def read_sheet(path: Path) -> pl.DataFrame:
    """A corrected sheet, every cell as text. Raises `Refusal` when it is none of ours, or in an encoding that is not known."""
    try:
        if path.suffix.lower() == ".xlsx":
            frame = pl.read_excel(path, infer_schema_length=0)
        else:
            frame = pl.read_csv(_text(path).encode(), infer_schema=False)
    except (pl.exceptions.PolarsError, fastexcel.FastExcelError, OSError, ValueError) as problem:
        text = Text("无法读取 {p}。", "{p} cannot be read.").format(p=path.name)
        raise Refusal("sheet_unreadable", text, field="file") from problem
    if NUMBER not in frame.columns:
        text = Text("{p} 没有列 {n}；请重新导出后更正。", "{p} has no column {n}; export anew and correct that.")
        raise Refusal("sheet_foreign", text.format(p=path.name, n=NUMBER), field="file")
    return frame.cast(pl.String)


def _text(path: Path) -> str:
    text = decoded(path.read_bytes())
    if text is None:
        sentence = Text(
            "{p} 的编码无法识别；请另存为“CSV UTF-8”或 .xlsx 后再提交。",
            "The encoding of {p} is not known; save it as “CSV UTF-8” or .xlsx and send it again.",
        )
        raise Refusal("sheet_encoding", sentence.format(p=path.name), field="file")
    return text
