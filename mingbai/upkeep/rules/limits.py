"""From which figure on the doctor speaks, and how loud: pure."""

from __future__ import annotations

from datetime import date, timedelta

from mingbai.upkeep.doctor.finding import Level

_GIGA = 1024**3
BACKUP_WARN, BACKUP_BAD = timedelta(hours=30), timedelta(days=3)
CHECK_WARN = timedelta(days=100)
"""A restore is to be tried once a quarter."""
CERTIFICATE_WARN, CERTIFICATE_BAD = timedelta(days=21), timedelta(days=3)
SEAL_WARN, SEAL_BAD = timedelta(minutes=5), timedelta(hours=1)
NOTICE_WARN, NOTICE_BAD = timedelta(minutes=15), timedelta(hours=6)
WORKER_SILENT = timedelta(minutes=5)
LINE_SILENT = timedelta(seconds=30)
"""The process of the hotline shows life every two seconds."""


def disk(free: int, total: int) -> Level:
    """Bytes. A small disk is judged by what is left, a large one by its share."""
    if free < 1 * _GIGA or free < total * 0.03:
        return Level.BAD
    return Level.WARN if free < 5 * _GIGA or free < total * 0.10 else Level.GOOD


def age(found: timedelta, warn: timedelta, bad: timedelta) -> Level:
    return Level.BAD if found > bad else Level.WARN if found > warn else Level.GOOD


def left(found: timedelta, warn: timedelta, bad: timedelta) -> Level:
    return Level.BAD if found < bad else Level.WARN if found < warn else Level.GOOD


def calendar(today: date, estimated: set[int]) -> Level:
    """The State Council's notice for a year comes in November of the year before (国务院办公厅, yearly)."""
    if today.year in estimated:
        return Level.BAD
    if today.year + 1 not in estimated or today < date(today.year, 11, 15):
        return Level.GOOD
    return Level.BAD if today >= date(today.year, 12, 20) else Level.WARN


def span(found: timedelta) -> str:
    """An age in words: 3 天, 5 小时, 12 分钟."""
    if found >= timedelta(days=2):
        return f"{found.days} 天"
    hours = int(found.total_seconds() // 3600)
    return f"{hours} 小时" if hours else f"{max(0, int(found.total_seconds() // 60))} 分钟"
