"""What leaves as a file: a table as CSV that Excel reads or as XLSX, a paper as it was drawn."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from django.http import Http404, HttpResponse

from mingbai.integrations.ledgers.files import write_xlsx
from mingbai.papers.enums import Format

_PAPERS = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
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


def as_file(content: bytes, name: str, form: str) -> HttpResponse:
    """A PDF opens in the browser, a Word file is saved; nobody's cache keeps either."""
    response = HttpResponse(content, content_type=_PAPERS[Format(form)])
    response["Content-Disposition"] = disposition(f"{name}.{form}", inline=form == Format.PDF)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: a plain name for old clients, the true one percent-encoded."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[-80:]
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
