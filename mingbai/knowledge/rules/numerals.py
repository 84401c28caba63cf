"""Chinese numerals, 1 to 99,999, both ways; full-width and Arabic digits are read too."""

import re
import unicodedata

DIGITS = "零一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
MOST = 99_999

NUMERAL = r"(?:[0-9]{1,5}|[零〇○一二两三四五六七八九十百千万]{1,12})"
"""One numeral inside a larger expression (after NFKC, so without full-width digits)."""


def to_int(text: str) -> int:
    """Return the number; "一〇七九" is read digit by digit. Raises ValueError for anything else.

    >>> to_int("一千零七十九"), to_int("十二"), to_int("１０７９"), to_int("一〇七九")
    (1079, 12, 1079, 1079)
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[0-9]{1,5}", text):
        return int(text)
    if not text or any(sign not in _VALUES and sign not in _UNITS for sign in text):
        raise ValueError(f"no numeral: {text!r}")
    if not any(sign in _UNITS for sign in text):
        return _one_by_one(text)
    return _with_units(text)


def _one_by_one(text: str) -> int:
    if len(text) > 5:
        raise ValueError(f"too large: {text!r}")
    return int("".join(str(_VALUES[sign]) for sign in text))


def _with_units(text: str) -> int:
    whole, digit, last_unit = 0, None, MOST + 1
    for sign in text:
        if sign in _VALUES:
            # "二三十": two digits in a row are no numeral with units; a zero only stands between.
            if digit:
                raise ValueError(f"no numeral: {text!r}")
            digit = _VALUES[sign]
            continue
        unit = _UNITS[sign]
        if unit >= last_unit or (digit is None and unit != 10) or digit == 0 and unit != 10:
            raise ValueError(f"no numeral: {text!r}")
        whole, digit, last_unit = whole + (digit or 1) * unit, None, unit
    return whole + (digit or 0)


def to_chinese(number: int) -> str:
    """Write the number as statutes do. Raises ValueError outside 1 to 99,999.

    >>> to_chinese(1079), to_chinese(12), to_chinese(110), to_chinese(1003)
    ('一千零七十九', '十二', '一百一十', '一千零三')
    """
    if not 1 <= number <= MOST:
        raise ValueError(f"cannot be written: {number}")
    text, gap = "", False
    for unit, sign in ((10_000, "万"), (1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + sign
        gap = not digit
    # 十二, not 一十二: only at the head of the whole numeral.
    return text.removeprefix("一") if text.startswith("一十") else text


def article_name(number: int, suffix: int = 0) -> str:
    """ "第一千零七十九条", "第二十条之一": the name an article is cited by."""
    return f"第{to_chinese(number)}条" + (f"之{to_chinese(suffix)}" if suffix else "")
