"""Disk, backups, key: what would be lost with this machine."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from mingbai.core.crypto import key_check, keys_now
from mingbai.core.keyfile import KEY_NAME
from mingbai.journal.queries import key_fits
from mingbai.upkeep.doctor.finding import Finding, bad, good, warn
from mingbai.upkeep.queries import last_checked, newest_backup, was_printed
from mingbai.upkeep.rules import limits

_GIGA = 1024**3


def disk(now: datetime) -> Finding:
    places = [Path(settings.MINGBAI_DATA)]
    if settings.BACKUP_DIR is not None and settings.BACKUP_DIR.is_dir():
        places.append(settings.BACKUP_DIR)
    worst = max((_disk(place) for place in places), key=lambda finding: finding.level)
    return worst


def _disk(place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    says = f"{place} 所在磁盘还剩 {usage.free / _GIGA:.1f} GB（{usage.free * 100 // usage.total}%）"
    level = limits.disk(usage.free, usage.total)
    do = "清理旧文件（如 mingbai.sqlite3.before-restore-… 和旧备份），或加磁盘；满了就不能受理。"
    return Finding(level, says, do if level else "")


def backup(now: datetime) -> Finding:
    folder = settings.BACKUP_DIR
    if folder is None:
        return warn("没有设每夜自动备份", "设环境变量 BACKUP_DIR=文件夹（最好是另一块磁盘），再重启。")
    last = newest_backup(folder)
    if last is None:
        return bad(f"{folder} 里没有一份完整的备份", f"马上做一份：manage.py backup {folder}")
    age = now - last.made_at
    level = limits.age(age, limits.BACKUP_WARN, limits.BACKUP_BAD)
    says = f"最近一份完整的备份是 {limits.span(age)}前的 {last.path.name}"
    if level:
        return Finding(
            level, says, f"看后台进程的日志里 backup.failed 的原因，并手工做一份：manage.py backup {folder}"
        )
    return _checked(folder, now, says)


def _checked(folder: Path, now: datetime, says: str) -> Finding:
    checked = last_checked(folder)
    if checked is None or now - checked > limits.CHECK_WARN:
        when = f"上次试恢复已是 {limits.span(now - checked)}前" if checked else "从来没有试恢复过"
        return warn(f"{says}；{when}", "每季度做一次：manage.py restore 备份文件 --check")
    return good(f"{says}；{limits.span(now - checked)}前试恢复过")


def key(now: datetime) -> Finding:
    if not key_fits(settings.MINGBAI_KEY):
        return bad("这些数据不是用现在的主密钥写的", "从保险柜取出原来的密钥，放回 key 文件（0600）。")
    folder = settings.BACKUP_DIR
    if folder is not None and folder.is_dir() and (folder / KEY_NAME).exists():
        return bad(f"主密钥和备份放在一起（{folder / KEY_NAME}）", "把它移走：拿到备份的人就打得开备份。")
    fingerprint = key_check(keys_now().master)
    if not was_printed(fingerprint):
        return warn(
            "这把主密钥还没有打印成纸", "manage.py key_sheet 文件，打印两份分放两个保险柜，再删去文件。"
        )
    return good(f"主密钥对得上，指纹 {fingerprint[:8]}，已打印过")
