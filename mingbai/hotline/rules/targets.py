"""Which numbers a seat may dial; pure."""

import re

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused

_FORMS = (
    r"1[3-9]\d{9}",  # a mobile
    r"0[1-9]\d{8,10}",  # area code and number
    r"[2-8]\d{6,7}",  # a number of the own city
    r"1[0-2]\d|1\d{4}",  # 110, 119, 120, 122; 12345, 12333, 10086 …
    r"9[56]\d{3,6}",
    r"[48]00\d{7}",
)
_DEAR = re.compile(r"16[08]\d{4,8}|0\d{2,3}16[08]\d{3,7}")
"""Numbers whose calls are paid for to the one who is called (声讯台)."""


def dial_string(text: str) -> str:
    """The digits to dial. Raises Refused "bad_number": no country but ours, no number that is paid for."""
    digits = re.sub(r"[\s()（）—-]", "", text)
    digits = re.sub(r"^(\+86|0086)", "", digits)
    if len(text) > 40 or not re.fullmatch("|".join(_FORMS), digits, re.ASCII):
        raise Refused(
            _("这个号码不能拨。"), code="bad_number", do=_("请填国内的手机、固话或热线号码。"), field="number"
        )
    if _DEAR.fullmatch(digits):
        raise Refused(_("声讯台号码不能拨。"), code="bad_number", field="number")
    return digits


def key_grade(digit: str) -> int | None:
    """The grade of a pressed key: 1 very satisfied (5) … 5 not at all (1), as callers here know it."""
    return 6 - int(digit) if digit in ("1", "2", "3", "4", "5") else None


def order_number(text: str) -> str:
    """Another hotline's number of a matter as it came with a call; "" for what cannot be one."""
    text = text.strip()
    return text if re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,63}", text, re.ASCII) else ""
