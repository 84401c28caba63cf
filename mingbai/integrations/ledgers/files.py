"""Reading and writing ledger files: CSV (UTF-8 with BOM, or GB 18030 as Excel here writes it) and XLSX."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.marks import is_mark
from mingbai.core.refused import Refused

Row = dict[str, str]
CSV_FIELD_LIMIT = 1_000_000


def find(folder: Path, name: str) -> Path | None:
    """The file of a ledger, as CSV or as XLSX of the same columns."""
    for suffix in (".csv", ".xlsx"):
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    return None


def read(path: Path, columns: Sequence[str]) -> list[tuple[int, Row]]:
    """All rows with their line numbers. Raises Refused for a file that cannot be read or lacks a column.

    The whole file is read before anything of it lands: a half file lands nothing.
    """
    table = _xlsx(path) if path.suffix == ".xlsx" else _csv(path)
    line, head = next(table, (1, []))
    missing = [column for column in columns if column not in head]
    if missing:
        raise Refused(_("缺少列：%(columns)s") % {"columns": "、".join(missing)}, code="missing_column")
    rows = []
    for line, cells in table:
        if not any(cells) or is_mark(cells):
            continue
        if len(cells) != len(head):
            raise Refused(
                _("第 %(line)d 行有 %(now)d 列，应为 %(all)d 列，文件可能不完整。")
                % {"line": line, "now": len(cells), "all": len(head)},
                code="broken_file",
            )
        rows.append((line, dict(zip(head, cells, strict=True))))
    return rows


def _csv(path: Path) -> Iterator[tuple[int, list[str]]]:
    raw = path.read_bytes()
    if b"\0" in raw:
        raise Refused(_("文件里有不能识别的字节，不是文本文件。"), code="broken_file")
    csv.field_size_limit(CSV_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(_decoded(raw), newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Refused(
            _("第 %(line)d 行读不出来，文件可能不完整。") % {"line": reader.line_num}, code="broken_file"
        ) from error


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("文字编码读不出来，请另存为 CSV UTF-8。"), code="broken_file")


def _xlsx(path: Path) -> Iterator[tuple[int, list[str]]]:
    # Excel's library is loaded where a workbook is at hand: it would be a fifth of an idle web process.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise Refused(_("不是有效的 XLSX 文件。"), code="broken_file") from error
    sheet = book.worksheets[0]
    width = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [_cell(cell) for cell in cells]
        width = width or len([text for text in texts if text])
        yield number, texts[:width] + [""] * (width - len(texts))
    book.close()


def _cell(value: Any) -> str:
    """A cell as the CSV would have it: Excel turns codes into numbers and times into dates."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.time() != value.time().min else f"{value:%Y-%m-%d}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a ledger as Excel here opens it (UTF-8 with BOM); returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _text(sheet: Any, value: str) -> Any:
    """What begins with = stays what somebody wrote: as a formula it would run, and come back empty."""
    if not value.startswith("="):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(columns))
    count = 0
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in row])
        count += 1
    book.save(path)
    return count
