"""Every page of every paper as a picture, against the one that somebody looked at: where its ink lies.

MINGBAI_PICTURES=1 writes the pictures anew (tests/papers/pictures.json), after a change that is meant.
"""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.queries import drawn_from, sample_of

FILE = Path(__file__).parent / "pictures.json"
COLUMNS, ROWS, BAND, FAINT = 28, 40, 4, 400
FAR = 0.3
"""Part of the ink of some band of four rows that lies elsewhere. Another resolution makes 0.28 at most, a
line or a （盖章） that went 0.36 at least, and no two papers are nearer than 0.55.
"""

Page = bytes
"""A page in squares from its top left, each a byte by its mean darkness (0 white, 255 black)."""


def pages(pdf: bytes) -> list[Page]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [_page(one.render(scale=0.5).to_pil().convert("L")) for one in document]


def _page(picture) -> Page:
    small = picture.resize((COLUMNS, ROWS), resample=4)  # Pillow's BOX: the mean of what falls into a square
    return bytes(255 - value for value in small.tobytes())


def distance(one: list[Page], other: list[Page]) -> float:
    """0: the same ink in the same places; 1: in some band all of it elsewhere, or another number of pages.

    `FAINT`: a band with less ink than a few characters counts as that much.
    """
    if len(one) != len(other):
        return 1.0
    return max(_apart(*both) for left, right in zip(one, other, strict=True) for both in _bands(left, right))


def _bands(left: Page, right: Page) -> Iterator[tuple[Page, Page]]:
    size = COLUMNS * BAND
    yield from ((left[at : at + size], right[at : at + size]) for at in range(0, len(left), size))


def _apart(left: Page, right: Page) -> float:
    pairs = list(zip(left, right, strict=True))
    return sum(abs(a - b) for a, b in pairs) / max(FAINT, sum(max(pair) for pair in pairs))


@pytest.fixture(scope="module")
def looked_at() -> dict[str, list[Page]]:
    if os.environ.get("MINGBAI_PICTURES") == "1":
        made = {kind.code: pages(sample_of(kind, kind.body, "pdf")) for kind in PAPER_KINDS}
        lines = (f'"{code}": {json.dumps([one.hex() for one in found])}' for code, found in made.items())
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return {
        code: [bytes.fromhex(one) for one in found] for code, found in json.loads(FILE.read_text()).items()
    }


@pytest.mark.parametrize("kind", list(PAPER_KINDS), ids=lambda kind: kind.code)
def test_a_paper_looks_as_it_was_looked_at(kind, looked_at, drawing):
    assert kind.code in looked_at, "a new paper: look at it, then MINGBAI_PICTURES=1"
    assert distance(pages(sample_of(kind, kind.body, "pdf")), looked_at[kind.code]) < FAR


def test_no_paper_would_pass_for_another(looked_at):
    assert set(looked_at) == {kind.code for kind in PAPER_KINDS}
    alike = [
        (one, other)
        for one, other in itertools.combinations(sorted(looked_at), 2)
        if distance(looked_at[one], looked_at[other]) <= FAR
    ]
    assert not alike


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("aid_refusal", lambda body: "\n".join(line for line in body.splitlines() if "救济" not in line)),
        (
            "med_agreement",
            lambda body: body.replace("人民调解员（签名）：　　　　　　　　记录人", ""),
        ),
        ("aid_receipt", lambda body: body.replace("（盖章）", "")),
        ("aid_application", lambda body: body.replace("|", " ")),
    ],
)
def test_a_paper_that_lost_a_line_looks_otherwise(code, spoil, looked_at, drawing):
    kind = PAPER_KINDS.get(code)
    spoilt = spoil(kind.body)
    assert spoilt != kind.body
    pdf = drawn_from(spoilt, kind.samples, "pdf", title=kind.label, mark="样张")
    assert distance(pages(pdf), looked_at[code]) > FAR
