"""Which numbers a seat may dial, whose order a call may bring along, and what a key says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.hotline.rules.targets import dial_string, key_grade, order_number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13987650001", "13987650001"), ("139 8765-0001", "13987650001"),
        ("+86 139 8765 0001", "13987650001"), ("0086-13987650001", "13987650001"),
        ("024-57612345", "02457612345"), ("（024）57612345", "02457612345"),
        ("57612345", "57612345"), ("110", "110"), ("12345", "12345"), ("12348", "12348"), ("95588", "95588"),
        ("400-820-8820", "4008208820"),
    ],
)  # fmt: skip
def test_what_may_be_dialled(text: str, digits: str):
    assert dial_string(text) == digits


@pytest.mark.parametrize(
    "text",
    ["", "1", "abc", "+1 202 555 0100", "0012025550100", "16812345", "02416812345", "110;ext",
     "13987650001@evil", "１３９８７６５０００１", "*72", "9" * 41, "1398765000", "139876500012"],
)  # fmt: skip
def test_what_may_not(text: str):
    with pytest.raises(Refused) as told:
        dial_string(text)
    assert told.value.code == "bad_number"


@given(st.text(max_size=60))
def test_whatever_is_typed_only_digits_are_dialled(text: str):
    try:
        digits = dial_string(text)
    except Refused:
        return
    assert digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 12


@pytest.mark.parametrize(
    ("text", "kept"),
    [("GD-187", "GD-187"), (" 12345-2026/1 ", "12345-2026/1"), ("", ""), ("-1", ""), ("工单", ""),
     ("a b", ""), ("a\r\nVia: x", ""), ("x" * 65, ""), ("x" * 64, "x" * 64)],
)  # fmt: skip
def test_what_can_be_the_number_of_an_order(text: str, kept: str):
    assert order_number(text) == kept


@pytest.mark.parametrize(
    ("digit", "grade"), [("1", 5), ("2", 4), ("5", 1), ("0", None), ("6", None), ("*", None)]
)
def test_the_key_and_its_grade(digit: str, grade: int | None):
    assert key_grade(digit) == grade
