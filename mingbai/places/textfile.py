"""Reading a text file that people hand in: UTF-8, or what Excel saves in China; never half of it."""

from pathlib import Path

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

MOST_BYTES = 50_000_000


def read_text(path: Path) -> str:
    """Return the file's text without a byte order mark. Raises Refused "unreadable"."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(_("文件打不开（%(error)s）") % {"error": error.strerror}, code="unreadable") from None
    if len(data) > MOST_BYTES:
        raise Refused(_("文件太大"), code="unreadable")
    if b"\x00" in data:
        raise Refused(_("文件含有 NUL 字节，不是文本"), code="unreadable")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(_("文件的编码不是 UTF-8 或 GB18030"), code="unreadable")
