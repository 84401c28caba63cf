"""serve: runs and supervises the processes of one machine: pages, live stream, worker, telephone line."""

import http.client
import os
import resource
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mingbai.journal.queries import key_fits
from mingbai.web.supervisor import SUPERVISED, Part, Supervisor

# A thread that writes waits for the disk. On SQLite four in all, of two processes, were held by writers as
# soon as the disk was slow, and who only reads a page stood behind them (p95 twelve times, with six three).
_THREADS = {"sqlite": 6, "postgresql": 4}
_CALLERS = 4096
"""Connections that a process holds at a time: who calls and says nothing must not keep others at the door
for the half minute after which such a caller is sent away."""
PARTS = ("pages", "live", "work", "line")


class Command(BaseCommand):
    help = "启动网站、实时消息和后台进程 (runs and supervises everything on this machine)"
    requires_system_checks = ()  # `make check` runs them; a start should be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--live-port", type=int, help="默认是 PORT + 1")
        parser.add_argument("--workers", type=int, default=2, help="网页进程数 (web processes)")
        parser.add_argument("--only", choices=PARTS, help="只运行一部分，由 systemd 看护")

    def handle(self, *args: Any, **options: Any) -> None:
        _check_folder()
        _check_database()
        _allow_files()
        host, port = options["host"], options["port"]
        live_port = options["live_port"] or (settings.LIVE_PORT if port == settings.PORT else port + 1)
        parts = _parts(host, port, live_port, options["workers"])
        for wanted in _ports(options["only"], port, live_port):
            _check_free(host, wanted)
        if options["only"] in (None, "pages"):
            _empty(settings.MINGBAI_DATA / "metrics")
        if only := options["only"]:
            part = next((part for part in parts if part.name == only), None)
            if part is None:
                raise CommandError("没有配置电话交换机：请设置 PBX_URL、PBX_PASSWORD (no exchange)。")
            _become(part)
        supervisor = Supervisor(parts, self._say)
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, lambda *_: supervisor.stopping.set())
        here = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        supervisor.run(
            ready=lambda: _answers(here, port) and _answers(here, live_port),
            when_ready=lambda: self._say(f"明白已启动 (ready): http://{here}:{port}/"),
        )
        self._say("已停止 (stopped)")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _ports(only: str | None, port: int, live_port: int) -> tuple[int, ...]:
    return {None: (port, live_port), "pages": (port,), "live": (live_port,)}.get(only, ())


def _become(part: Part) -> NoReturn:
    """In the place of this process: systemd supervises it, so it is not on our leash."""
    env = {name: value for name, value in (os.environ | dict(part.env)).items() if name != SUPERVISED}
    os.chdir(settings.BASE_DIR)
    os.execve(part.command[0], list(part.command), env)


def _allow_files() -> None:
    """Each connection is an open file, of which a process may have 1,024 unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * _CALLERS if hard == resource.RLIM_INFINITY else min(hard, 4 * _CALLERS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _check_folder() -> None:
    """A disk that turned read-only would fail later, in a hundred places and in other words."""
    if not os.access(settings.MINGBAI_DATA, os.W_OK):
        raise CommandError(
            f"数据文件夹 {settings.MINGBAI_DATA} 写不了：磁盘可能变成了只读，或者不属于现在的用户"
            " (the data folder cannot be written)。"
        )


def _check_database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("数据库还没有更新，请先执行 manage.py migrate (migrate first)。")
    if not key_fits(settings.MINGBAI_KEY):
        raise CommandError("这些数据是用另一把主密钥写的，不能启动 (another master key)。")
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    connection.close()  # the processes to come open their own


def _check_free(host: str, port: int) -> None:
    """Another server's port would be a restart without end."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"端口 {port} 用不了（{error.strerror}），请换一个：PORT=… (the port cannot be used)"
            ) from error


def _parts(host: str, port: int, live_port: int, workers: int) -> list[Part]:
    ports = {"PORT": str(port), "LIVE_PORT": str(live_port), SUPERVISED: "1"}
    web = ports | {"PROMETHEUS_MULTIPROC_DIR": str(settings.MINGBAI_DATA / "metrics")}
    threads = str(_THREADS.get(connection.vendor, 2))
    pages = ["--interface", "wsgi", "--workers", str(workers), "--blocking-threads", threads, "--no-ws"]
    stream = ["--interface", "asginl", "--workers", "1", "--no-ws"]
    parts = [
        Part("pages", _granian("config.wsgi:application", host, port, pages), web),
        Part("live", _granian("config.asgi:application", host, live_port, stream), ports),
        Part("work", _manage("work"), ports),
    ]
    # The line runs where an exchange is configured; systemd may run it on another machine than the pages.
    return [*parts, Part("line", _manage("hotline"), ports)] if settings.PBX_URL else parts


def _manage(command: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]


def _granian(target: str, host: str, port: int, more: list[str]) -> list[str]:
    command = [sys.executable, "-m", "granian", target, "--host", host, "--port", str(port), *more]
    command += ["--working-dir", str(settings.BASE_DIR), "--log-level", "warning"]
    command += ["--backlog", str(_CALLERS), "--backpressure", str(_CALLERS)]
    return [*command, "--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "3"]


def _empty(folder: Path) -> None:
    """Counts of processes that are gone would be added up for ever."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _answers(host: str, port: int) -> bool:
    asked = http.client.HTTPConnection(host, port, timeout=1)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()
