"""Which names a seat may have; pure."""

import re

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.hotline.enums import Voice

_NAMES = {Voice.BROWSER: r"seat-[1-9]\d?", Voice.PHONE: r"phone-[1-9]\d?", Voice.NONE: r"desk-[1-9]\d?"}
"""As ops/asterisk names them; a second screen has no telephone there."""


def check_name(name: str, voice: str) -> str:
    """The name, when it fits what carries the voice. Raises Refused "bad_seat"."""
    if voice not in Voice.values or not re.fullmatch(_NAMES[Voice(voice)], name):
        raise Refused(_("没有这个席位。"), code="bad_seat", field="name")
    return name
