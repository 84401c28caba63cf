"""How a file is bound: cover, index with pages, one paper after another. Pure: blocks in, blocks out."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from mingbai.papers.rules.markup import Block

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page[^s]")
PAGE = Block("page")


@dataclass(frozen=True)
class Leaf:
    """One paper in the file: the part it lies in, its name, how many pages it has (0: it lies beside, and
    `why` says why).
    """

    part: str
    name: str
    blocks: tuple[Block, ...] = ()
    pages: int = 0
    why: str = ""


def pages_in(pdf: bytes) -> int:
    """How many pages our own drawing has made: its page objects lie in compressed streams."""
    packed = (found for found in _STREAM.findall(pdf) if found[:1] == b"\x78")
    plain = b"".join(_unpacked(found) for found in packed)
    return len(_PAGE.findall(plain)) or len(_PAGE.findall(pdf))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def cover(title: str, facts: Sequence[tuple[str, str]]) -> list[Block]:
    return [Block("title", (title,)), *(Block("row", (label, text)) for label, text in facts)]


def index(leaves: Sequence[Leaf], owed: Sequence[str], *, front: int) -> list[Block]:
    """卷内目录: number, part, paper, and the page on which it begins after `front` pages."""
    rows, page = [Block("row", ("序号", "类别", "文书名称", "页次"))], front + 1
    for number, leaf in enumerate(leaves, 1):
        at = str(page) if leaf.pages else _beside(leaf)
        rows.append(Block("row", (str(number), leaf.part, leaf.name, at)))
        page += leaf.pages
    missing = [Block("text", (f"还缺：{'、'.join(owed)}。",))] if owed else []
    return [PAGE, Block("title", ("卷内目录",)), *rows, *missing]


def _beside(leaf: Leaf) -> str:
    return f"另附：{leaf.why}" if leaf.why else "另附"


def bound(front: Sequence[Block], leaves: Sequence[Leaf]) -> list[Block]:
    """The whole file, every paper on a page of its own."""
    found = list(front)
    for leaf in leaves:
        if leaf.blocks:
            found += [PAGE, *leaf.blocks]
    return found
