"""QR codes as inline SVG: one path, no style attribute, so that the page's security policy shows it."""

from __future__ import annotations

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from qrcode.constants import ERROR_CORRECT_M

_QUIET = 4  # modules of white around the code; scanners need them


def qr_svg(text: str, *, label: str) -> SafeString:
    """Return the code as an SVG that scales with its box; `label` is read to who cannot see it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows) + 2 * _QUIET
    return format_html(
        '<svg class="c-qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"/><path fill="#000" d="{}"/></svg>',
        label,
        size,
        size,
        size,
        size,
        mark_safe("".join(_runs(rows))),  # digits and letters of our own making
    )


def _runs(rows: list[list[bool]]) -> list[str]:
    """Horizontal runs of dark modules as rectangles."""
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if length:
                runs.append(f"M{x + _QUIET} {y + _QUIET}h{length}v1h-{length}z")
            x += length or 1
    return runs
