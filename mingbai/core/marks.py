"""Who took a file out, written into the file itself: CSV, XLSX, DOCX, PDF. Pure bytes, no tables.

The mark stands where it changes nothing that is read by machines or stands on the face of a paper: in the
properties of a PDF or an office file, in the footer of printed sheets, in a last line of a CSV that the
house's own reader passes over.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

SIGN = "# "
"""What the last line of a marked CSV begins with."""

_CORE = "docProps/core.xml"
_SPACES = (
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
_LAST_XREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """`text` is the whole sentence; `who` stands where programs show an author; `title` names the file."""

    text: str
    who: str
    title: str


def marked(content: bytes, suffix: str, mark: Mark) -> bytes:
    """The same file with the mark in it. Raises KeyError for a suffix not known here, ValueError for bytes
    that are no such file.
    """
    return _MARKS[suffix](content, mark)


def is_mark(cells: list[str]) -> bool:
    """Whether a row of a table that comes in is the line that marked it when it went out."""
    return bool(cells) and cells[0].startswith(SIGN) and not any(cells[1:])


def _csv(content: bytes, mark: Mark) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([f"{SIGN}{mark.text}"])
    return content + line.getvalue().encode()


# ── office files: OPC packages (ECMA-376 part 2), properties in docProps/core.xml ──


def _office(content: bytes, mark: Mark) -> bytes:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.infolist():
                blob = old.read(part)
                if part.filename == _CORE:
                    blob = _properties(blob.decode(), mark).encode()
                elif re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part.filename):
                    blob = _footed(blob, mark.text)
                new.writestr(part, blob, compress_type=zipfile.ZIP_DEFLATED)
    except zipfile.BadZipFile as error:
        raise ValueError("no office file") from error
    return out.getvalue()


def _properties(xml: str, mark: Mark) -> str:
    for tag, value in (("dc:description", mark.text), ("cp:lastModifiedBy", mark.who)):
        xml = re.sub(rf"<{tag}\b[^>]*?(/>|>.*?</{tag}>)", "", xml, flags=re.DOTALL)
        prefixed = f"<{tag} {_SPACES}>{escape(value)}</{tag}>"
        end = "</cp:coreProperties>" if "</cp:core" in xml else "</coreProperties>"
        xml = xml.replace(end, prefixed + end)
    return xml


def _footed(sheet: bytes, text: str) -> bytes:
    """At the foot of every printed page; & begins a code there (ECMA-376 part 1, 18.3.1.46)."""
    places = list(re.finditer(rb"<(pageSetup|pageMargins)\b[^>]*/>", sheet))
    if b"<headerFooter" in sheet or not places:
        return sheet
    foot = f"<headerFooter><oddFooter>&amp;L{escape(text.replace('&', '&&'))}</oddFooter></headerFooter>"
    at = places[-1].end()  # by the schema it stands after the set-up of the page, before drawings
    return sheet[:at] + foot.encode() + sheet[at:]


# ── PDF: an update appended (ISO 32000-1, 7.5.6), what was there stays byte for byte ──


def _pdf(content: bytes, mark: Mark) -> bytes:
    found = _LAST_XREF.search(content)
    head = content[int(found[1]) :].partition(b"stream")[0] if found else b""
    root, size = re.search(rb"/Root (\d+ \d+ R)", head), re.search(rb"/Size (\d+)", head)
    if not (content.startswith(b"%PDF-") and found and root and size):
        raise ValueError("no PDF")
    number = int(size[1])
    body = content if content.endswith(b"\n") else content + b"\n"
    about = b"<</Title %s/Keywords %s/Author %s>>" % tuple(map(_said, (mark.title, mark.text, mark.who)))
    info = b"%d 0 obj\n%s\nendobj\n" % (number, about)
    table = len(body) + len(info)
    rows = b"".join(b"\1" + place.to_bytes(4, "big") + b"\0\0" for place in (len(body), table))
    told = b"<</Type/XRef/Index[%d 2]/W[1 4 2]/Size %d/Root %s/Info %d 0 R/Prev %s/Length %d>>" % (
        number, number + 2, root[1], number, found[1], len(rows),
    )  # fmt: skip
    xref = b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number + 1, told, rows)
    return body + info + xref + b"startxref\n%d\n%%%%EOF\n" % table


def _said(text: str) -> bytes:
    """A text string as hexadecimal UTF-16 with its mark: no character of it ends it."""
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


_MARKS = {"csv": _csv, "xlsx": _office, "docx": _office, "pdf": _pdf}
