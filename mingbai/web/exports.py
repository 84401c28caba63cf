"""The one way a file that was made here leaves the house: marked with who took it out, when, and a number by
which the journal finds it. What residents handed in leaves unchanged (`sent_files.py`), for it is evidence.
"""

import csv
import hashlib
import io
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from mingbai.core.marks import Mark, marked
from mingbai.integrations.ledgers.files import write_xlsx
from mingbai.people.actions import note_taken_out
from mingbai.people.models import User

_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pdf": "application/pdf",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def take_out(
    request: HttpRequest,
    content: bytes,
    name: str,
    suffix: str,
    *,
    is_personal: bool = True,
    is_bare: bool = False,
) -> HttpResponse:
    """The file as an answer. Of a signed-in user it carries a mark; with personal data the journal tells it.

    `is_bare`: bytes that another system reads by the letter: the number stands in the name alone. A PDF opens
    in the browser, the others are saved; nobody's cache keeps any.
    """
    user = request.user
    if isinstance(user, User):
        number = "".join(secrets.choice(_LETTERS) for _n in range(10))
        if not is_bare:
            content = marked(content, suffix, _mark(user, number, name))
        name = f"{name}-{number}"
        if is_personal:
            digest = hashlib.sha256(content).hexdigest()
            note_taken_out(by=user.actor, number=number, file=f"{name}.{suffix}", digest=digest)
    response = HttpResponse(content, content_type=TYPES[suffix])
    response["Content-Disposition"] = disposition(f"{name}.{suffix}", inline=suffix == "pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _mark(user: User, number: str, title: str) -> Mark:
    who = f"{user.name} ({user.username})"
    # Not translated: the mark is for who finds the file, not for who took it.
    return Mark(f"导出人 {who}，{timezone.localtime():%Y-%m-%d %H:%M}，导出编号 {number}", who, title)


def disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: a plain name for old clients, the true one percent-encoded."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[-80:]
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


# ── a table as CSV that Excel reads, or XLSX ──


def table_file(
    request: HttpRequest, name: str, suffix: str, columns: Sequence[str], rows: Iterable[Sequence[str]],
    *, is_personal: bool, is_bare: bool = False,
) -> HttpResponse:  # fmt: skip
    """Raises Http404 for a kind of file that is not made."""
    if suffix not in ("csv", "xlsx"):
        raise Http404
    content = _csv(columns, rows) if suffix == "csv" else _xlsx(columns, rows)
    return take_out(
        request, content, name, suffix, is_personal=is_personal, is_bare=is_bare and suffix == "csv"
    )


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection); not for what comes in again."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, columns, rows)
        return path.read_bytes()
