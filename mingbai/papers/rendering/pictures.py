"""What somebody handed in as pages of pictures: a photo is one, a PDF as many as it has.

Runs in the drawing process, which has neither key nor database: files of strangers are opened here only.
Nothing here may import Django.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

from mingbai.papers.rendering.word import BadFile

HEAD = "data:image/jpeg;base64"
MOST_PAGES = 60
LONGEST = 1600  # pixels of the longer side: 150 dots an inch on A4
SEEN = 2400  # where one looks closer: 200 dots an inch
_MOST_PIXELS = 100_000_000
READ = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/gif"})


def pages_of(file: bytes, kind: str) -> list[str]:
    """Every page as a picture in an address of its own. Raises BadFile "unreadable", "too_many_pages"."""
    if kind not in READ:
        raise BadFile("unreadable", kind)
    try:
        found = _pdf(file) if kind == "application/pdf" else iter([_photo(file)])
        return [f"{HEAD},{base64.b64encode(_jpeg(picture)).decode()}" for picture in found]
    except BadFile:
        raise
    except Exception as error:  # whatever a broken file makes of a decoder
        raise BadFile("unreadable", type(error).__name__) from error


def copy_of(file: bytes, kind: str) -> bytes:
    """The picture alone as a JPEG: no place of the camera, nothing hidden behind or beside the picture.

    Raises BadFile "unreadable".
    """
    if kind not in READ or kind == "application/pdf":
        raise BadFile("unreadable", kind)
    try:
        return _jpeg(_photo(file), longest=SEEN)
    except Exception as error:  # whatever a broken file makes of a decoder
        raise BadFile("unreadable", type(error).__name__) from error


def _photo(file: bytes) -> Any:
    """Turned as the phone says it was held."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    return ImageOps.exif_transpose(Image.open(io.BytesIO(file)))


def _pdf(file: bytes) -> Iterator[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    if len(document) > MOST_PAGES:
        raise BadFile("too_many_pages", str(len(document)))
    for page in document:
        yield page.render(scale=LONGEST / max(page.get_size())).to_pil()


def _jpeg(picture: Any, longest: int = LONGEST) -> bytes:
    from PIL import Image

    picture.thumbnail((longest, longest))
    # What is transparent is paper, not black.
    whole = picture.convert("RGBA")
    paper = Image.new("RGB", whole.size, "white")
    paper.paste(whole, mask=whole.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=80)
    return out.getvalue()
