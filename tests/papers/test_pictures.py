"""Every paper as a picture, against the picture that somebody looked at: how dark each part of its page is.

MINGBAI_PICTURES=1 writes the pictures anew (tests/papers/pictures.json), after a change that is meant.
"""

import json
import os
from pathlib import Path

import pypdfium2
import pytest

from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.queries import drawn_from, sample_of

FILE = Path(__file__).parent / "pictures.json"
COLUMNS, ROWS = 14, 20
FAR = 3.0  # mean difference of darkness, of 255: other versions of a font stay below it

Grid = list[list[int]]


def grid(pdf: bytes) -> Grid:
    """The first page in squares, each by its mean darkness (0 white, 255 black)."""
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=0.5).to_pil().convert("L")
    small = picture.resize((COLUMNS, ROWS), resample=4)  # Pillow's BOX: the mean of what falls into a square
    values = list(small.tobytes())
    return [[255 - value for value in values[at : at + COLUMNS]] for at in range(0, len(values), COLUMNS)]


def distance(one: Grid, other: Grid) -> float:
    pairs = [(a, b) for left, right in zip(one, other, strict=True) for a, b in zip(left, right, strict=True)]
    return sum(abs(a - b) for a, b in pairs) / len(pairs)


@pytest.fixture(scope="module")
def looked_at() -> dict[str, Grid]:
    if os.environ.get("MINGBAI_PICTURES") == "1":
        made = {kind.code: grid(sample_of(kind, kind.body, "pdf")) for kind in PAPER_KINDS}
        lines = (f'"{code}": {json.dumps(one)}' for code, one in made.items())
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    found: dict[str, Grid] = json.loads(FILE.read_text())
    return found


@pytest.mark.parametrize("kind", list(PAPER_KINDS), ids=lambda kind: kind.code)
def test_a_paper_looks_as_it_was_looked_at(kind, looked_at, drawing):
    assert kind.code in looked_at, "a new paper: look at it, then MINGBAI_PICTURES=1"
    assert distance(grid(sample_of(kind, kind.body, "pdf")), looked_at[kind.code]) < FAR


def test_a_paper_without_one_of_its_paragraphs_looks_otherwise(looked_at, drawing):
    kind = PAPER_KINDS.get("aid_refusal")
    cut = "\n".join(line for line in kind.body.splitlines() if "救济" not in line)
    pdf = drawn_from(cut, kind.samples, "pdf", title=kind.label, mark="样张")
    assert distance(grid(pdf), looked_at[kind.code]) > FAR
