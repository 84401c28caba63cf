"""The type of a file by its content; a file that is not what its name says is refused."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext_lazy as _

from mingbai.core.refused import Refused

HEAD_BYTES = 8192
_MOST_UNPACKED = 500 * 1024 * 1024  # a sheet that unpacks to more is an attack, not a document
_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = ("image/jpeg", rb"\xff\xd8\xff")
_OLE = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# Extension → content type we store and serve, and how such a file begins. The general recognisers on
# PyPI miss what phones really send: iPhone photos of brand "mif1", voice notes in MP4 of several brands.
_KINDS: dict[str, tuple[str, bytes]] = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": ("image/png", rb"\x89PNG\r\n\x1a\n"),
    "webp": ("image/webp", rb"RIFF....WEBP"),
    "heic": ("image/heic", rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)"),
    "gif": ("image/gif", rb"GIF8[79]a"),
    "pdf": ("application/pdf", rb"%PDF-\d\.\d"),
    "docx": (f"{_OFFICE}.wordprocessingml.document", rb"PK\x03\x04"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", rb"PK\x03\x04"),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "txt": ("text/plain", rb""),
    "mp3": ("audio/mpeg", rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
    "wav": ("audio/wav", rb"RIFF....WAVE"),
    "m4a": ("audio/mp4", rb"....ftyp(M4A |M4B |mp4[12]|isom|iso[2-6]|3gp.)"),
    "amr": ("audio/amr", rb"#!AMR(-WB)?\n"),
    "mp4": ("video/mp4", rb"....ftyp(mp4[12]|isom|iso[2-6]|avc1|M4V |M4VP|MSNV|dash)"),
    "ogg": ("audio/ogg", rb"OggS\x00"),
}
ALLOWED = tuple(_KINDS)
_BEGINNINGS = {
    extension: re.compile(begin, re.DOTALL) for extension, (_type, begin) in _KINDS.items() if begin
}
_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book")}


def sniff(head: bytes, name: str, *, file: IO[bytes] | None = None) -> str:
    """Return the content type of a file from its first bytes (8 KiB are enough) and its name.

    Give `file` (seekable; left at its start) as well: Word and Excel files are then opened as the archives
    they are. Raises Refused "file_type" for what we do not take, "file_type_mismatch" where content and
    name differ.
    """
    extension = PurePath(name or "").suffix.lower().lstrip(".")
    if extension not in _KINDS:
        raise Refused(
            _("不能上传这种文件。可以上传照片、PDF、Word、Excel、文本、录音和视频。"),
            code="file_type",
            field="file",
        )
    if not _is_what_it_says(extension, head, file):
        raise Refused(
            _("文件内容和文件名不符（.%(extension)s），可能已损坏或改过名。请重新保存后再上传。")
            % {"extension": extension},
            code="file_type_mismatch",
            field="file",
        )
    return _KINDS[extension][0]


def _is_what_it_says(extension: str, head: bytes, file: IO[bytes] | None) -> bool:
    if extension == "txt":
        return _is_text(head)
    if not _BEGINNINGS[extension].match(head):
        return False
    if extension in _MAIN_PART:
        return _is_office_archive(_MAIN_PART[extension], head, file)
    if extension in _STREAMS and file:
        return _has_stream(_STREAMS[extension], file)
    return True


def _is_office_archive(main_part: str, head: bytes, file: IO[bytes] | None) -> bool:
    """True for a sound archive with the main part of its kind and no macros."""
    if not file:
        folder = main_part.split("/")[0].encode()
        return b"[Content_Types].xml" in head or folder + b"/" in head
    names = _archive_names(file)
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return "[Content_Types].xml" in names and main_part in names and not macros


def _archive_names(file: IO[bytes]) -> set[str]:
    """Return the names in an archive; nothing for a broken one and for one that would unpack to too much."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        entries = []
    file.seek(0)
    too_much = len(entries) > 20_000 or sum(entry.file_size for entry in entries) > _MOST_UNPACKED
    return set() if too_much else {entry.filename for entry in entries}


def _has_stream(streams: tuple[str, ...], file: IO[bytes]) -> bool:
    """Tell old Word from old Excel by the stream names in the directory, wherever it lies."""
    file.seek(0)
    body = file.read()
    file.seek(0)
    return any(stream.encode("utf-16-le") in body for stream in streams)


def _is_text(head: bytes) -> bool:
    """UTF-8 or GB 18030 without control characters (the last character may be cut), and nothing else."""
    if any(begin.match(head) for begin in _BEGINNINGS.values()):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text)
    return False
