"""`plan_service_days INSTANCE.json --seconds S --out PLAN.json`: who goes where on which day of a month."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mingbai.core.refused import Refused
from mingbai.servicedays.solver.instance import Instance, read_instance
from mingbai.servicedays.solver.missing import what_is_missing
from mingbai.servicedays.solver.objective import Plan, plan_data, plan_of, score
from mingbai.servicedays.solver.planner import Outcome, make_plan
from mingbai.servicedays.solver.replan import Changes, read_changes, replan, replanned_data

T = TypeVar("T")
REPLAN_SECONDS = 3.0
MOST_BYTES = 64 * 1024 * 1024


class Stopped(Exception):
    """SIGINT or SIGTERM: what is written stands."""


class Command(BaseCommand):
    help = "按算例排公共法律服务日。计划随时可用；最后一行是结果（JSON）。算例有误时退出码为 2，不开始计算。"
    requires_system_checks = ()  # the time limit counts from the start

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("instance", type=Path, help="算例 (JSON)")
        parser.add_argument("--seconds", type=float, default=60.0, help="最多用多少秒，从启动算起")
        parser.add_argument("--out", type=Path, required=True, help="计划写到哪里 (JSON)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--published", type=Path, help="已公布的计划：只按 --changes 改动，尽量少改")
        parser.add_argument("--changes", type=Path, help="发生了什么：absent closed barred needs first_day")

    def handle(self, *args: Any, instance: Path, seconds: float, out: Path, **options: Any) -> None:
        left = seconds - _since_start()
        month = _read(instance, read_instance)
        self._check_folder(out)
        if options["published"]:
            self._replan(month, out, left, **options)
        else:
            self._plan(month, out, left, **options)

    def _plan(self, month: Instance, out: Path, left: float, **options: Any) -> None:
        told: list[Outcome] = []
        written: list[Plan] = []

        def tell(outcome: Outcome) -> None:
            told[:] = [outcome]
            if not written or outcome.plan is not written[0]:
                write(plan_data(month, outcome.plan), out)
                written[:] = [outcome.plan]
            self.stderr.write(
                f"{outcome.best_after:7.1f} s  {outcome.objective:12.2f}  ≥ {outcome.bound:.2f}"
            )

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _stop)
        is_stopped = False
        try:
            make_plan(month, left, tell, options["seed"])
        except Stopped:
            is_stopped = True
        self._report(month, told[0], out, is_stopped=is_stopped)

    def _replan(self, month: Instance, out: Path, left: float, **options: Any) -> None:
        published = _read(options["published"], lambda text: plan_of(month, json.loads(text)))
        changes = Changes()
        if options["changes"]:
            changes = _read(options["changes"], lambda text: read_changes(month, json.loads(text)))
        result = replan(month, published, changes, min(REPLAN_SECONDS, max(0.1, left - 0.5)))
        write(replanned_data(result), out)
        touched = [vars(one) for one in result.touched]
        self.stdout.write(
            json.dumps(
                {
                    "objective": score(result.instance, result.plan).objective,
                    "published": score(month, published).objective,
                    "days_published": len(published),
                    "days_touched": sum(one["what"] != "added" for one in touched),
                    "changes": touched,
                    "out": str(out),
                },
                ensure_ascii=False,
            )
        )

    def _check_folder(self, out: Path) -> None:
        if not out.resolve().parent.is_dir() or out.is_dir():
            raise CommandError(f"计划写不到这里：{out}", returncode=2)

    def _report(self, month: Instance, outcome: Outcome, out: Path, *, is_stopped: bool) -> None:
        missing = what_is_missing(month)
        for words in missing:
            self.stderr.write(words)
        self.stdout.write(
            json.dumps(
                {
                    "objective": outcome.objective,
                    "bound": round(outcome.bound, 2),
                    "gap": None if outcome.gap == inf else round(outcome.gap, 5),
                    "greedy": outcome.greedy,
                    "first_plan_seconds": round(outcome.first_after, 3),
                    "best_plan_seconds": round(outcome.best_after, 1),
                    "service_days": len(outcome.plan),
                    "missing": missing,
                    "stopped": is_stopped,
                    "out": str(out),
                },
                ensure_ascii=False,
            )
        )


def _read(path: Path, of: Callable[[str], T]) -> T:
    """What a file of the caller holds; ends with exit code 2 and the reason where it holds something else."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(f"文件太大：{path}", returncode=2)
        return of(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"读不了 {path}：{error}", returncode=2) from None
    except Refused as refused:
        raise CommandError(f"{path.name} 有误：{refused}", returncode=2) from None


def write(data: dict[str, Any], out: Path) -> None:
    """Whole or not at all: whoever reads the file, or kills us, finds a valid plan."""
    with tempfile.NamedTemporaryFile("w", dir=out.resolve().parent, delete=False, encoding="utf-8") as draft:
        json.dump(data, draft, ensure_ascii=False)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(out)


def _since_start() -> float:
    """Seconds since this process began: what Python and Django took to start is part of the limit."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):  # not Linux
        return time.process_time()


def _stop(number: int, frame: Any) -> None:
    raise Stopped
