"""Dated rows in words: since when one holds, whether it holds today."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import when


def valid_said(rule: Any) -> str:
    today = timezone.localdate()
    begins = when.short_day(rule.valid_from, today=today)
    if rule.valid_to is None:
        return _("%(a)s起") % {"a": begins}
    return _("%(a)s至%(b)s") % {"a": begins, "b": when.short_day(rule.valid_to, today=today)}


def state_of(rule: Any, today: date) -> str:
    if rule.valid_from > today:
        return _("未施行")
    return _("已失效") if rule.valid_to and rule.valid_to < today else _("施行中")
