"""Checks of what people write: phones, ID numbers, credit codes, text; and their masked forms."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from mingbai.core.refused import Refused

_LONGEST_INPUT = 80
_DASHES = re.compile(r"[‐-―−ー~]")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|,)+[:.]?(\d{1,6})$", re.IGNORECASE)
_COUNTRY = re.compile(r"^(?:\+86|0086|86(?=1[3-9]\d{9}$))")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Area codes: 010 and 02x have three digits, all others four; subscriber numbers start with 2-9.
_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9]\d{2})([2-9]\d{6,7})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_TOLL = re.compile(r"[48]00[1-9]\d{6}")
_SHORT = re.compile(r"11[0-9]|12[0-2]|1[0-2]\d{3}|9[56]\d{3,6}")

# GB/T 2260 province codes; 81-83 also for residence permits of Hong Kong, Macao and Taiwan residents,
# 91 for foreigners' permanent residence cards. The county is not looked up: counties were abolished and
# renamed since 1984, and a table that lacks one would turn a real person away.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71 81 82 83 91".split()
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_phone(text: str, *, area: str = "") -> str:
    """Return one form per phone: `13812345678`, `024-57612345`, `024-57612345-801`, `4001234567`, `12348`.

    `area` (as "024") is taken for a landline written without its area code. Raises Refused "bad_phone".
    """
    plain = _narrow(text)
    number, extension = _split_extension(plain)
    digits = _COUNTRY.sub("", re.sub(r"[\s().]", "", number))
    abroad_form = digits != re.sub(r"[\s().]", "", number)
    digits = digits.replace("-", "")
    if _MOBILE.fullmatch(digits) and not extension:
        return digits
    if abroad_form and digits[:1] in "123456789" and not _TOLL.fullmatch(digits):
        digits = "0" + digits  # +86 24 5761… is 024 5761… at home
    if area and _LOCAL.fullmatch(digits):
        digits = area + digits
    if found := _LANDLINE.fullmatch(digits):
        return "-".join(part for part in (*found.groups(), extension) if part)
    if (_TOLL.fullmatch(digits) or _SHORT.fullmatch(digits)) and not extension:
        return digits
    if _LOCAL.fullmatch(digits):
        raise Refused(_("座机号码请加上区号，例如 024-57612345。"), code="bad_phone", field="phone")
    raise Refused(
        _("电话号码不对。手机号是 11 位数字，座机请写区号，例如 024-57612345。"),
        code="bad_phone",
        field="phone",
    )


def _narrow(text: object) -> str:
    """Return the text in half-width forms with plain dashes, cut to a sane length."""
    narrowed = unicodedata.normalize("NFKC", str(text or "")[:_LONGEST_INPUT])
    return _DASHES.sub("-", narrowed).strip()


def _split_extension(plain: str) -> tuple[str, str]:
    compact = re.sub(r"\s+", "", plain)
    if found := _EXTENSION.search(compact):
        return compact[: found.start()].rstrip("-"), found.group(1)
    head, dash, tail = compact.rpartition("-")
    if dash and 1 <= len(tail) <= 5 and tail.isdigit() and _LANDLINE.fullmatch(_home_digits(head)):
        return head, tail
    return compact, ""


def _home_digits(number: str) -> str:
    at_home = re.sub(r"^(?:\+86|0086)-?(?=[1-9])", "0", number)
    return re.sub(r"[().\-]", "", at_home)


def clean_id_number(text: str, *, today: date | None = None) -> str:
    """Return the 18-digit resident ID (X upper case) once check digit, province and birth date hold.

    `today` defaults to the date in China. Raises Refused "bad_id_number".
    """
    number = re.sub(r"[\s\-]", "", _narrow(text)).upper()
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number, re.ASCII):
        raise _bad_id(_("身份证号码应为 18 位（末位可以是 X）。"))
    if number[:2] not in _PROVINCES or not _plausible_birth(number, today or timezone.localdate()):
        raise _bad_id(_("身份证号码里的地区或出生日期不对，请核对。"))
    if ric.calc_check_digit(number) != number[-1]:
        raise _bad_id(_("身份证号码有误（校验码不符），请逐位核对。"))
    return number


def _plausible_birth(number: str, today: date) -> bool:
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return date(1900, 1, 1) <= born <= today


def _bad_id(reason: str | Promise) -> Refused:
    return Refused(reason, code="bad_id_number", field="id_number")


def born_on(id_number: str) -> date | None:
    """The day of birth that an ID number of 18 digits holds; None for none or nonsense."""
    try:
        return datetime.strptime(id_number[6:14], "%Y%m%d").date() if len(id_number) == 18 else None  # noqa: DTZ007
    except ValueError:
        return None


def clean_credit_code(text: str) -> str:
    """Return an organisation's unified social credit code. Raises Refused "bad_credit_code"."""
    try:
        return str(uscc.validate(_narrow(text).upper()))
    except ValidationError:
        raise Refused(
            _("统一社会信用代码不对，应为 18 位数字和字母，请核对。"),
            code="bad_credit_code",
            field="credit_code",
        ) from None


def clean_text(text: str, *, most: int = 20_000, field: str = "text") -> str:
    """Return the text stripped, in NFC, with `\\n` line ends; emoji stay.

    `most` counts characters (code points). Raises Refused "empty_text", "bad_characters", "text_too_long".
    """
    clean = unicodedata.normalize("NFC", str(text or "").replace("\r\n", "\n").replace("\r", "\n"))
    if found := _CONTROL.search(clean):
        raise Refused(
            _("文字里有不能保存的控制字符（U+%(code)04X），请删去后再提交。") % {"code": ord(found.group())},
            code="bad_characters",
            field=field,
        )
    clean = clean.strip()
    if not clean:
        raise Refused(_("请填写内容。"), code="empty_text", field=field)
    if len(clean) > most:
        raise Refused(
            _("内容太长：最多 %(most)d 字，现在有 %(now)d 字。") % {"most": most, "now": len(clean)},
            code="text_too_long",
            field=field,
        )
    return clean


def is_mobile(phone: str) -> bool:
    """Whether a text message reaches this number, as `clean_phone` writes it."""
    return len(phone) == 11 and phone.startswith("1") and phone.isdigit()


def last4(phone: object) -> str:
    """Return the last four digits of the number itself (an extension does not count), or ""."""
    plain = re.sub(r"[\s()]", "", _narrow(phone))
    number = re.split(r"转|分机|ext|x|#|,", plain, flags=re.IGNORECASE)[0]
    if found := re.fullmatch(r"(0\d{2,3}-\d{7,8})-\d{1,6}", number):
        number = found.group(1)
    digits = re.sub(r"\D", "", number)
    return digits[-4:] if len(digits) >= 4 else ""


def mask_phone(phone: object) -> str:
    """Return `138****5678`; landlines keep the area code, short numbers two digits. Never raises."""
    text = _text_of(phone)
    if len(text) == 11 and text.isdigit():
        return f"{text[:3]}****{text[-4:]}"
    if found := re.match(r"(0\d{2,3}-)\d+?(\d{4})(-\d+)?$", text):
        return f"{found.group(1)}****{found.group(2)}{found.group(3) or ''}"
    return _mask(text, 2, 2)


def mask_id(number: object) -> str:
    """Return `2104************1X`: province and city stay, birth date and order do not. Never raises."""
    return _mask(_text_of(number), 4, 2)


def mask_name(name: object) -> str:
    """Return `欧***`: the first character and at most three stars. Never raises."""
    text = _text_of(name)
    return f"{text[:1]}{'*' * min(3, len(text) - 1)}" if len(text) > 1 else "*" * len(text)


def _text_of(value: object) -> str:
    return "" if value is None else str(value).strip()


def _mask(text: str, head: int, tail: int) -> str:
    """Keep head and tail only where at least half of the text is hidden."""
    if len(text) < 2 * (head + tail):
        return "*" * len(text)
    return f"{text[:head]}{'*' * (len(text) - head - tail)}{text[-tail:]}"
