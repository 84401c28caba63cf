"""Time, certificate, holidays: what comes from outside and runs out in silence."""

from __future__ import annotations

import ctypes
import sys
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils import timezone

from mingbai.journal.models import Entry
from mingbai.places.models import CalendarDay
from mingbai.upkeep.doctor.finding import Finding, bad, good, warn
from mingbai.upkeep.rules import limits

_TIME_ERROR = 5
_TIMEX_BYTES = 256  # struct timex of adjtimex(2) is smaller
_AHEAD = timedelta(minutes=2)


def clock(now: datetime) -> Finding:
    """The journal's newest entry may not lie in the future, and the kernel should be synchronised."""
    last = Entry.objects.order_by("-id").values_list("at", flat=True).first()
    if last is not None and last > now + _AHEAD:
        ahead = limits.span(last - now)
        return bad(
            f"这台机器的时间比最近一条日志早 {ahead}：时钟被拨慢过",
            "校准时间：timedatectl set-ntp true，再看期限是否受影响。",
        )
    if not _is_synchronised():
        return warn(
            "系统时间没有和时间服务器同步", "安装 chrony 或 systemd-timesyncd，指向政务网的时间服务器。"
        )
    return good("系统时间已同步")


def _is_synchronised() -> bool:
    """adjtimex(2) without a change; where the kernel does not tell, nothing is claimed."""
    if sys.platform != "linux":
        return True
    return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))) != _TIME_ERROR


def certificate(now: datetime) -> Finding:
    file = settings.TLS_CERTIFICATE
    if not file:
        return good("没有设 TLS_CERTIFICATE，不查证书")
    try:
        found = x509.load_pem_x509_certificate(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        return bad(f"证书 {file} 读不出来：{error}", "检查路径和权限；它应是 PEM 格式。")
    until = found.not_valid_after_utc
    rest = until - now
    level = limits.left(rest, limits.CERTIFICATE_WARN, limits.CERTIFICATE_BAD)
    day = timezone.localtime(until).date()
    if rest < timedelta(0):
        return bad(f"证书 {day} 已经过期", "换上新证书：覆盖文件后 systemctl reload nginx。")
    do = "向发证机构续期，覆盖文件后 systemctl reload nginx。"
    return Finding(level, f"证书到 {day} 为止，还有 {rest.days} 天", do if level else "")


def calendar(now: datetime) -> Finding:
    today = timezone.localdate(now)
    years = (today.year, today.year + 1)
    days = CalendarDay.objects.filter(is_estimated=True, date__year__in=years)
    estimated = {day.year for day in days.dates("date", "year")}
    level = limits.calendar(today, estimated)
    if not level:
        return good(f"{today.year} 年的工作日历来自国务院通知")
    year = min(estimated)
    do = "在“登记 → 工作日历”粘贴国务院办公厅的放假通知，或 manage.py load_holidays 文件；期限会自动重算。"
    return Finding(level, f"{year} 年的节假日还是推算的", do)


_DRAWING = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
_FONTS = ("*cjk*", "*fangsong*", "*simsun*", "*sourcehan*", "*wqy*", "*droidsansfallback*")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path(sys.prefix) / "share/fonts")


def papers(now: datetime) -> Finding:
    """The libraries that draw papers, and a font with Chinese characters."""
    missing = [name for name in _DRAWING if not _opens(name)]
    if missing:
        return bad(
            f"缺 {'、'.join(missing)}，文书打不成 PDF。",
            "apt install libpangoft2-1.0-0 libharfbuzz-subset0",
        )
    if not any(_has_chinese(folder) for folder in FONT_FOLDERS):
        return bad(
            "没有中文字体，文书上是方框。", "apt install fonts-noto-cjk；有仿宋、小标宋的，装上就会用。"
        )
    return good("文书能打成 PDF，有中文字体")


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_chinese(folder: Path) -> bool:
    names = (
        path.name.lower() for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".ttc", ".otf")
    )
    return any(fnmatch(name, pattern) for name in names for pattern in _FONTS)
