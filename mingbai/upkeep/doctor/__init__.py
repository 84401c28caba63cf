"""The doctor: looks at everything an operator would forget, says in words what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

from mingbai.upkeep.doctor import outside, storage, working
from mingbai.upkeep.doctor.finding import Finding, Level, bad

Check = Callable[[datetime], Finding]

CHECKS: dict[str, tuple[str, Check]] = {
    "disk": ("磁盘", storage.disk),
    "backup": ("备份", storage.backup),
    "key": ("主密钥", storage.key),
    "clock": ("时间", outside.clock),
    "certificate": ("证书", outside.certificate),
    "worker": ("后台进程", working.worker),
    "line": ("电话交换机", working.line),
    "outbox": ("通知", working.outbox),
    "seals": ("日志封存", working.seals),
    "calendar": ("工作日历", outside.calendar),
    "migrations": ("数据库版本", working.migrations),
    "papers": ("文书", outside.papers),
    "slow": ("慢查询", working.slow),
}


def examine(now: datetime) -> dict[str, Finding]:
    """Run every check; one that cannot run is itself a finding and stops no other."""
    return {code: _run(check, now) for code, (_name, check) in CHECKS.items()}


def _run(check: Check, now: datetime) -> Finding:
    try:
        return check(now)
    except (DatabaseError, OSError) as error:
        return bad(f"查不了：{type(error).__name__}: {str(error)[:120]}", "数据库或磁盘不通，先看日志。")


def worst(findings: dict[str, Finding]) -> Level:
    return max((finding.level for finding in findings.values()), default=Level.GOOD)


def one_line(findings: dict[str, Finding]) -> str:
    """The day in one line, the worst first."""
    wrong = sorted(
        ((finding.level, code) for code, finding in findings.items() if finding.level), reverse=True
    )
    if not wrong:
        return "一切正常"
    return "；".join(f"{CHECKS[code][0]}：{findings[code].says}" for _level, code in wrong)
