"""How a file that somebody sent is handed out: nothing in it runs here."""

from django.http import HttpResponse

from mingbai.core.refused import Refused
from mingbai.papers.renderer import copy_of
from mingbai.web.exports import disposition

_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_SHOWN_INLINE = _PICTURES | {"application/pdf"}


def served(body: bytes, content_type: str, name: str, *, is_download: bool = False) -> HttpResponse:
    """A file that somebody sent, with the type that was found in its content.

    A picture is looked at as a copy that the house drew; the file as it was sent is for taking away. What
    cannot be drawn is only for taking away (docs/adr/0053).
    """
    inline = content_type in _SHOWN_INLINE and not is_download
    if inline and content_type in _PICTURES:
        body, content_type, inline = _copy(body, content_type)
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A PDF or picture of somebody else's may carry scripts: it runs nothing and reaches nothing here.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _copy(body: bytes, content_type: str) -> tuple[bytes, str, bool]:
    """The copy, its type, and whether there is one."""
    try:
        return copy_of(body, content_type), "image/jpeg", True
    except Refused:
        return body, content_type, False
