"""A table as a file: CSV that Excel reads, or XLSX."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import Http404, HttpResponse

from mingbai.integrations.ledgers.files import write_xlsx

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table_file(name: str, suffix: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """Raises Http404 for a kind of file that is not made."""
    if suffix not in ("csv", "xlsx"):
        raise Http404
    response = _csv(columns, rows) if suffix == "csv" else _xlsx(columns, rows)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    return response


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection); not for what comes in again."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, columns, rows)
        return HttpResponse(path.read_bytes(), content_type=_XLSX)
