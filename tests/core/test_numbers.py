"""Case numbers: 13 digits that are not guessable, and whose slips are always found."""

from hypothesis import given
from hypothesis import strategies as st

from mingbai.core import numbers

YEARS = st.integers(2000, 2099)


class Dice:
    def __init__(self, value: int) -> None:
        self.value = value
        self.bound = 0

    def randbelow(self, bound: int, /) -> int:
        self.bound = bound
        return self.value


any_number = st.builds(
    lambda year, value: numbers.new_number(year, Dice(value)), YEARS, st.integers(0, 10**10 - 1)
)


def test_a_number_has_year_ten_random_digits_and_a_check_digit() -> None:
    dice = Dice(42)
    number = numbers.new_number(2026, dice)
    assert number.startswith("260000000042")
    assert len(number) == 13
    assert dice.bound == 10**10  # 33.2 bits: more than the 30 that were promised


@given(any_number)
def test_every_new_number_is_a_number(number: str) -> None:
    assert numbers.is_number(number)


@given(any_number, st.integers(0, 12), st.integers(1, 9))
def test_every_wrong_digit_is_found(number: str, at: int, shift: int) -> None:
    wrong = str((int(number[at]) + shift) % 10)
    assert not numbers.is_number(number[:at] + wrong + number[at + 1 :])


@given(any_number, st.integers(0, 11))
def test_every_swap_of_neighbours_is_found(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert numbers.is_number(swapped) == (swapped == number)


def test_real_randomness_does_not_repeat() -> None:
    assert len({numbers.new_number(2026) for _ in range(5_000)}) == 5_000


def test_grouped_number_is_cleaned_back() -> None:
    assert numbers.group_number("2611234567894") == "2611 2345 6789 4"


@given(any_number)
def test_what_is_printed_can_be_typed(number: str) -> None:
    assert numbers.clean_number(numbers.group_number(number)) == number


def test_number_as_people_type_it() -> None:
    for typed in (
        "２６１１ 2345-6789—4",
        " 2611.2345.6789.4\n",
        "2611\u30002345\u00a06789–4",
        "2611−2345‐67894",
    ):
        assert numbers.clean_number(typed) == "2611234567894", typed


def test_odd_input_is_no_number_and_no_error() -> None:
    for odd in ("", "2611", "abc", "²⁶", "२६११२३४५६७८९४", "9" * 10_000, "\x00", "😀"):
        assert not numbers.is_number(odd)
        assert not numbers.is_number(numbers.clean_number(odd))
    assert numbers.clean_number(None) == ""  # type: ignore[arg-type]


def test_follow_code_has_four_digits() -> None:
    codes = {numbers.new_follow_code() for _ in range(2_000)}
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert len(codes) > 1_000
