"""Phones, ID numbers, credit codes, texts and masks, in the forms in which people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from mingbai.core import checks
from mingbai.core.refused import Refused

TODAY = date(2026, 11, 24)
GOOD_PHONES = [
    ("13812345678", "13812345678"),
    ("138 1234 5678", "13812345678"),
    ("138-1234-5678", "13812345678"),
    ("１３８１２３４５６７８", "13812345678"),
    ("+86 138 1234 5678", "13812345678"),
    ("+86-13812345678", "13812345678"),
    ("008613812345678", "13812345678"),
    ("8613812345678", "13812345678"),
    ("(+86)13812345678", "13812345678"),
    ("19912345678", "19912345678"),
    (" 138\u00a01234\u30005678 ", "13812345678"),
    ("024-57612345", "024-57612345"),
    ("02457612345", "024-57612345"),
    ("（024）57612345", "024-57612345"),
    ("024—5761 2345", "024-57612345"),
    ("+86 24 5761 2345", "024-57612345"),
    ("0086-24-57612345", "024-57612345"),
    ("+86 10 8008 1234", "010-80081234"),
    ("010-65201234", "010-65201234"),
    ("0413-7612345", "0413-7612345"),
    ("041357612345", "0413-57612345"),
    ("024-57612345-801", "024-57612345-801"),
    ("024-57612345转801", "024-57612345-801"),
    ("024-57612345 转 801", "024-57612345-801"),
    ("02457612345 分机801", "024-57612345-801"),
    ("024-57612345 ext. 801", "024-57612345-801"),
    ("024-57612345x801", "024-57612345-801"),
    ("024-57612345#801", "024-57612345-801"),
    ("+86-24-57612345-801", "024-57612345-801"),
    ("400-123-4567", "400-1234567".replace("-", "")),
    ("8008101234", "8008101234"),
    ("12348", "12348"),
    ("12345", "12345"),
    ("95588", "95588"),
    ("110", "110"),
    ("10086", "10086"),
    ("96315", "96315"),
]
BAD_PHONES = [
    "",
    " ",
    "abc",
    "12812345678",
    "1381234567",
    "138123456789",
    "138123456a8",
    "57612345",
    "024-0761234",
    "024-576123456",
    "13812345678转5",
    "400123456",
    "+1 212 555 1234",
    "+852 2123 4567",
    "99999",
    "1",
    "\x00",
    "١٣٨١٢٣٤٥٦٧٨",
    "138" * 1_000,
    "13812345678,13912345678",
]


@pytest.mark.parametrize(("written", "clean"), GOOD_PHONES)
def test_one_phone_has_one_form(written: str, clean: str) -> None:
    assert checks.clean_phone(written) == clean
    assert checks.clean_phone(clean) == clean


@pytest.mark.parametrize("written", BAD_PHONES)
def test_what_is_no_phone_is_refused(written: str) -> None:
    with pytest.raises(Refused) as refused:
        checks.clean_phone(written)
    assert refused.value.code == "bad_phone"
    assert refused.value.field == "phone"


def test_a_landline_may_borrow_its_area_code() -> None:
    assert checks.clean_phone("57612345", area="024") == "024-57612345"
    assert checks.clean_phone("13812345678", area="024") == "13812345678"
    with pytest.raises(Refused, match="区号"):
        checks.clean_phone("57612345")


@given(st.text(max_size=40))
def test_any_text_is_a_phone_or_refused(text: str) -> None:
    try:
        clean = checks.clean_phone(text)
    except Refused:
        return
    assert clean.replace("-", "").isdigit()
    assert checks.clean_phone(clean) == clean


def id_number(area: str = "210402", born: str = "19900307", order: str = "123") -> str:
    body = area + born + order
    return body + ric.calc_check_digit(body + "0")


def test_good_id_numbers_pass_in_any_writing() -> None:
    number = id_number()
    for written in (number, f" {number} ", f"{number[:6]} {number[6:14]} {number[14:]}"):
        assert checks.clean_id_number(written, today=TODAY) == number
    with_x = next(n for n in (id_number(order=f"{o:03d}") for o in range(1000)) if n.endswith("X"))
    assert checks.clean_id_number(with_x.lower(), today=TODAY) == with_x
    assert checks.clean_id_number("３６０４２６１９９１０１０１００７１", today=TODAY) == "360426199101010071"


@pytest.mark.parametrize(
    "number",
    [
        id_number(area="150000"),
        id_number(area="810000"),  # residence permit, Hong Kong
        id_number(area="830000"),
        id_number(area="911124"),  # permanent residence card of a foreigner
        id_number(area="210411", born="19000101"),
        id_number(born="20261124"),
        id_number(born="20000229"),
    ],
)
def test_id_numbers_at_the_edges_pass(number: str) -> None:
    assert checks.clean_id_number(number, today=TODAY) == number


@pytest.mark.parametrize(
    "number",
    [
        "",
        "21040219900307123",
        id_number() + "1",
        "210402900307123",  # 15 digits: not valid since 2013
        id_number(area="010402"),
        id_number(area="990402"),
        id_number(born="19900230"),
        id_number(born="19001301"),
        id_number(born="18991231"),
        id_number(born="20261125"),  # tomorrow
        id_number(born="19010229"),
        "21040219900307123Y",
        "X10402199003071234",
        "一二三",
        "\x00" * 18,
        "٢١٠٤٠٢١٩٩٠٠٣٠٧١٢٣٤",
    ],
)
def test_impossible_id_numbers_are_refused(number: str) -> None:
    with pytest.raises(Refused) as refused:
        checks.clean_id_number(number, today=TODAY)
    assert refused.value.code == "bad_id_number"


@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 999))
def test_every_wrong_digit_of_an_id_number_is_found(at: int, shift: int, order: int) -> None:
    number = id_number(order=f"{order:03d}")
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    with pytest.raises(Refused):
        checks.clean_id_number(wrong, today=TODAY)


def test_today_is_the_day_in_china_when_not_given() -> None:
    assert checks.clean_id_number(id_number()) == id_number()


def test_credit_codes() -> None:
    assert checks.clean_credit_code(" 91110000600037341l ") == "91110000600037341L"
    for bad in ("", "91110000600037341X", "9111000060003734", "I1110000600037341L"):
        with pytest.raises(Refused) as refused:
            checks.clean_credit_code(bad)
        assert refused.value.code == "bad_credit_code"


@pytest.mark.parametrize(
    ("phone", "last"),
    [
        ("13812345678", "5678"),
        ("138 1234 5678", "5678"),
        ("０２４-５７６１２３４５", "2345"),
        ("024-57612345-801", "2345"),
        ("024-57612345转801", "2345"),
        ("12348", "2348"),
        ("110", ""),
        ("", ""),
        (None, ""),
        ("没有", ""),
    ],
)
def test_last_four_digits_are_those_of_the_number_itself(phone: object, last: str) -> None:
    assert checks.last4(phone) == last


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (checks.mask_phone, "13812345678", "138****5678"),
        (checks.mask_phone, "024-57612345", "024-****2345"),
        (checks.mask_phone, "0413-7612345-801", "0413-****2345-801"),
        (checks.mask_phone, "4001234567", "40******67"),
        (checks.mask_phone, "12348", "*****"),
        (checks.mask_id, "210402199003071234", "2104************34"),
        (checks.mask_id, "2104", "****"),
        (checks.mask_name, "欧阳小明", "欧***"),
        (checks.mask_name, "张三", "张*"),
        (checks.mask_name, "张", "*"),
        (checks.mask_name, "John Smith", "J***"),
        (checks.mask_name, "阿卜杜拉·买买提", "阿***"),
    ],
)
def test_masks(mask: object, value: str, masked: str) -> None:
    assert callable(mask)
    assert mask(value) == masked


@pytest.mark.parametrize("mask", [checks.mask_phone, checks.mask_id, checks.mask_name, checks.last4])
@pytest.mark.parametrize("odd", [None, "", " ", 0, 138, b"x", [], "\x00", "😀", "a" * 100_000, "\ud800"])
def test_masks_never_raise(mask: object, odd: object) -> None:
    assert callable(mask)
    assert isinstance(mask(odd), str)


@given(st.text(min_size=1, max_size=30))
def test_a_mask_hides_at_least_half(text: str) -> None:
    for masked in (checks.mask_phone(text), checks.mask_id(text)):
        shown = sum(a == b for a, b in zip(text.strip(), masked, strict=False) if a not in "*")
        assert shown * 2 <= len(text.strip()) or masked.startswith("0")


def test_text_is_stripped_and_keeps_what_people_write() -> None:
    assert checks.clean_text("  老板欠我三个月工资😡👨‍👩‍👧\n\t请帮帮我 \r\n谢谢\r再见 ") == (
        "老板欠我三个月工资😡👨‍👩‍👧\n\t请帮帮我 \n谢谢\n再见"
    )
    assert checks.clean_text("e\u0301") == "é"


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u3000", None])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        checks.clean_text(text)
    assert refused.value.code == "empty_text"


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x08", "\x0b", "\x1b", "\x7f", "\x9f", "\ud800"])
def test_control_characters_are_refused(character: str) -> None:
    with pytest.raises(Refused, match=f"U\\+{ord(character):04X}") as refused:
        checks.clean_text(f"你好{character}世界", field="answer")
    assert refused.value.code == "bad_characters"
    assert refused.value.field == "answer"


def test_length_counts_characters_not_bytes() -> None:
    assert len(checks.clean_text("😀" * 20_000)) == 20_000
    assert len(checks.clean_text(" " + "字" * 20_000 + "\n")) == 20_000
    with pytest.raises(Refused, match="20001") as refused:
        checks.clean_text("字" * 20_001)
    assert refused.value.code == "text_too_long"
    assert checks.clean_text("字字", most=2) == "字字"


@given(st.text(max_size=200))
def test_any_text_is_clean_afterwards_or_refused(text: str) -> None:
    try:
        clean = checks.clean_text(text)
    except Refused:
        return
    assert clean == clean.strip() != ""
    assert checks.clean_text(clean) == clean
    clean.encode()
