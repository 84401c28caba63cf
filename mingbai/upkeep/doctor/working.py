"""Worker, outbox, journal, database: what ought to run by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from prometheus_client import CollectorRegistry, multiprocess

from mingbai.hotline.models import Pulse
from mingbai.journal.guards import missing_guards
from mingbai.journal.models import Chain, Seal
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Job, Notice
from mingbai.upkeep.doctor.finding import Finding, Level, bad, good, warn
from mingbai.upkeep.rules import limits

_RECENT = timedelta(days=7)
_LONG_QUERY = 30
"""Seconds a statement, or a transaction that does nothing, may take on PostgreSQL."""
_WAL = 512 * 1024**2
_LOOK = "看 systemctl status mingbai-worker，日志在 journalctl -u mingbai-worker；或重启 serve。"


def migrations(now: datetime) -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return bad(f"数据库还差 {len(plan)} 步更新", "停下服务，先 manage.py backup，再 manage.py migrate。")
    return good("数据库是最新的")


def worker(now: datetime) -> Finding:
    """It shows life by its jobs; the seal is due every 50 seconds."""
    last = Job.objects.filter(name="journal.seal").values_list("last_ok_at", flat=True).first()
    if last is None or now - last > limits.WORKER_SILENT:
        when = f"{limits.span(now - last)}没有动静" if last else "从来没有运行过"
        return bad(f"后台进程{when}：通知发不出，期限不提醒，日志不封存", _LOOK)
    failing = Job.objects.exclude(error="").order_by("name").values_list("name", "error")
    if failing:
        named = "；".join(f"{name}（{error[:80]}）" for name, error in failing[:3])
        return warn(f"定时任务出错：{named}", _LOOK)
    return good("后台进程在工作")


def line(now: datetime) -> Finding:
    """The exchange as the process of the hotline sees it: nobody else asks it anything."""
    if not settings.PBX_URL:
        return good("没有接电话交换机（PBX_URL），不查热线")
    pulse = Pulse.objects.order_by("-at").first()
    if pulse is None or now - pulse.at > limits.LINE_SILENT:
        when = f"{limits.span(now - pulse.at)}没有动静" if pulse else "从来没有运行过"
        return bad(
            f"热线进程{when}：打进来的电话没有人排队、没有人接",
            "看 systemctl status mingbai-line，日志在 journalctl -u mingbai-line；好之前用交换机的备用转接。",
        )
    if not pulse.has_exchange:
        return bad(
            "热线进程连不上电话交换机",
            "看交换机开着没有（systemctl status asterisk）、PBX_URL 和 PBX_PASSWORD 对不对、防火墙。",
        )
    return good("热线连着电话交换机")


def outbox(now: datetime) -> Finding:
    failed = Notice.objects.filter(state__literally=[NoticeState.FAILED], made_at__gt=now - _RECENT).count()
    waiting = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=now).order_by("due_at")
    oldest = waiting.values_list("due_at", flat=True).first()
    level = limits.age(now - oldest, limits.NOTICE_WARN, limits.NOTICE_BAD) if oldest else Level.GOOD
    if level and oldest:
        says = f"有 {waiting.count()} 条通知该发没发，最早的等了 {limits.span(now - oldest)}"
        return Finding(level, says, "检查短信、邮件网关通不通；" + _LOOK)
    if failed:
        return warn(
            f"近 7 天有 {failed} 条通知没有送到", "在办件页上看是谁，改用电话告知；网关的错误在通知表里。"
        )
    return good("通知都发出了")


def seals(now: datetime) -> Finding:
    if missing := missing_guards(connection):
        return bad(
            f"日志的防改触发器不见了：{'、'.join(missing)}",
            "马上停下，查是谁动了数据库，manage.py verify_journal。",
        )
    if not Chain.objects.filter(unsealed=True).exists():
        return good("日志都已封存")
    last = Seal.objects.order_by("-id").values_list("at", flat=True).first()
    age = now - last if last else timedelta.max
    level = limits.age(age, limits.SEAL_WARN, limits.SEAL_BAD)
    if not level:
        return good("日志按时封存")
    return Finding(level, f"日志已 {limits.span(age)}没有封存" if last else "日志从来没有封存过", _LOOK)


def slow(now: datetime) -> Finding:
    counted = _slow_counted(Path(settings.MINGBAI_DATA) / "metrics")
    if connection.vendor == "postgresql":
        found = _hanging()
        if found:
            return warn(
                f"有 {found} 个查询或事务超过 {_LONG_QUERY} 秒没有结束",
                "SELECT * FROM pg_stat_activity 看是谁；必要时 pg_cancel_backend。",
            )
    elif (size := _wal_size()) > _WAL:
        return warn(
            f"SQLite 的写前日志有 {size // 1024**2} MB：有进程长时间读着不放",
            "重启服务；还大就看是谁开着数据库（fuser）。",
        )
    if counted:
        return warn(
            f"本次启动以来有 {counted} 个查询超过 1 秒", "日志里搜 db.slow；多了就把它们和时间报给开发者。"
        )
    return good("没有慢查询")


def _slow_counted(folder: Path) -> int:
    """The web processes count them; `serve` empties the folder at each start."""
    if not folder.is_dir():
        return 0
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))
    return int(registry.get_sample_value("mingbai_slow_queries_total") or 0)


def _hanging() -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND (state = 'active' AND now() - query_start > make_interval(secs => %s)"
        " OR state LIKE 'idle in transaction%%' AND now() - state_change > make_interval(secs => %s))"
        " AND backend_type = 'client backend'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [_LONG_QUERY, _LONG_QUERY])
        return int(cursor.fetchone()[0])


def _wal_size() -> int:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0
