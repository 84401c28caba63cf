"""Boxes that phones close: only this house opens them, under their own name, unaltered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.box import BadBox, close
from mingbai.core.crypto import Keyring

RING = Keyring(b"m" * 32)
BOX = close(RING.box_key(), "王大娘 13812345678".encode(), what="a" * 32)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_was_closed_for_us_opens(data: bytes, what: str) -> None:
    assert RING.open_box(close(RING.box_key(), data, what=what), what=what) == data


def test_two_boxes_of_the_same_are_not_alike_and_tell_nothing() -> None:
    other = close(RING.box_key(), "王大娘 13812345678".encode(), what="a" * 32)
    assert other != BOX and b"13812345678" not in BOX


def test_the_key_is_the_houses_own_and_stays() -> None:
    assert Keyring(b"m" * 32).box_key() == RING.box_key() != Keyring(b"n" * 32).box_key()
    with pytest.raises(BadBox):
        Keyring(b"n" * 32).open_box(BOX, what="a" * 32)


@pytest.mark.parametrize(
    "bad",
    [b"", b"x" * 92, BOX[:-1], BOX[1:], BOX[:65], BOX + b"x", b"\x04" + b"\xff" * 64 + BOX[65:], b"\0" * 200],
    ids=["empty", "short", "cut", "begun late", "no cipher", "longer", "no point", "nothing"],
)
def test_what_is_no_box_is_said_so(bad: bytes) -> None:
    with pytest.raises(BadBox):
        RING.open_box(bad, what="a" * 32)


@pytest.mark.parametrize("at", [0, 5, 64, 65, 70, 77, len(BOX) - 1])
def test_one_altered_byte_is_noticed(at: int) -> None:
    altered = BOX[:at] + bytes([BOX[at] ^ 1]) + BOX[at + 1 :]
    with pytest.raises(BadBox):
        RING.open_box(altered, what="a" * 32)


def test_a_box_under_another_name_does_not_open() -> None:
    with pytest.raises(BadBox):
        RING.open_box(BOX, what="b" * 32)
