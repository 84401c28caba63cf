"""How dates, moments and remaining time are written here, in Chinese and in English."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateformat import format as django_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from mingbai.core.workdays import Workdays

_WEEKDAYS = "一二三四五六日"


def day(d: date, *, today: date | None = None) -> str:
    """Return "11月23日 周一"; with the year when `today` is given and lies in another year."""
    with_year = today is not None and today.year != d.year
    if _in_english():
        return str(django_format(d, "D j M Y" if with_year else "D j M"))
    return f"{short_day(d, today=today)} 周{_WEEKDAYS[d.weekday()]}"


def short_day(d: date, *, today: date | None = None) -> str:
    """Return "11月23日", with the year when `today` lies in another year."""
    with_year = today is not None and today.year != d.year
    if _in_english():
        return str(django_format(d, "j M Y" if with_year else "j M"))
    return f"{d.year}年{d.month}月{d.day}日" if with_year else f"{d.month}月{d.day}日"


def moment(dt: datetime, *, today: date | None = None) -> str:
    """Return "11月23日 周一 14:30" in local time; with the year when it is not `today`'s year."""
    local = timezone.localtime(dt)
    return f"{day(local.date(), today=today or timezone.localdate())} {local:%H:%M}"


def remaining(now: datetime, due: datetime, calendar: Workdays) -> str:
    """Return "还剩 2 个工作日（11月25日止）", "今天到期", or "已超期 3 天"."""
    now, due = timezone.localtime(now), timezone.localtime(due)
    if now > due:
        return _late(now - due, (now.date() - due.date()).days)
    if _ends_at_midnight(due):
        return _days_left(now.date(), due.date(), calendar)
    return _hours_left(now, due)


def _late(by: timedelta, days: int) -> str:
    if days >= 1:
        return ngettext("已超期 %(count)d 天", "已超期 %(count)d 天", days) % {"count": days}
    hours = by // timedelta(hours=1)
    if hours >= 1:
        return ngettext("已超期 %(count)d 小时", "已超期 %(count)d 小时", hours) % {"count": hours}
    return _("刚刚超期")


def _days_left(today: date, last: date, calendar: Workdays) -> str:
    until = short_day(last, today=today)
    if today == last:
        return _("今天到期（%(until)s止）") % {"until": until}
    working = calendar.count_workdays(today, last)
    if working:
        text = ngettext(
            "还剩 %(count)d 个工作日（%(until)s止）", "还剩 %(count)d 个工作日（%(until)s止）", working
        )
        return text % {"count": working, "until": until}
    days = (last - today).days
    text = ngettext("还剩 %(count)d 天（%(until)s止）", "还剩 %(count)d 天（%(until)s止）", days)
    return text % {"count": days, "until": until}


def _hours_left(now: datetime, due: datetime) -> str:
    until = f"{due:%H:%M}" if due.date() == now.date() else moment(due, today=now.date())
    hours = (due - now) // timedelta(hours=1)
    if hours >= 1:
        text = ngettext("还剩 %(count)d 小时（%(until)s止）", "还剩 %(count)d 小时（%(until)s止）", hours)
        return text % {"count": hours, "until": until}
    minutes = (due - now) // timedelta(minutes=1)
    text = ngettext("还剩 %(count)d 分钟（%(until)s止）", "还剩 %(count)d 分钟（%(until)s止）", minutes)
    return text % {"count": minutes, "until": until}


def _ends_at_midnight(due: datetime) -> bool:
    return (due.hour, due.minute, due.second) == (23, 59, 59)


def _in_english() -> bool:
    return (get_language() or "").startswith("en")
