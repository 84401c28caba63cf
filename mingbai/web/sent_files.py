"""How a file that somebody sent is handed out: nothing in it runs here."""

from django.http import HttpResponse

from mingbai.web.exports import disposition

_SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})


def served(body: bytes, content_type: str, name: str, *, is_download: bool = False) -> HttpResponse:
    """A file that somebody sent, with the type that was found in its content."""
    inline = content_type in _SHOWN_INLINE and not is_download
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A PDF or picture of somebody else's may carry scripts: it runs nothing and reaches nothing here.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
