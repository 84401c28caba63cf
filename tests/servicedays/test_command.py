"""`plan_service_days` as an operator calls it: its files, its last line, its time, its interruptions."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mingbai.servicedays.solver.instance import instance_of
from mingbai.servicedays.solver.objective import faults, plan_of
from tests.process import wait_until
from tests.servicedays.months import month


@pytest.fixture
def asked(tmp_path: Path) -> Any:
    """Starts the command on an instance; the plan is to be in plan.json."""
    running = []

    def ask(data: Any, *words: str) -> subprocess.Popen[str]:
        (tmp_path / "month.json").write_text(data if isinstance(data, str) else json.dumps(data))
        command = [sys.executable, "manage.py", "plan_service_days", str(tmp_path / "month.json")]
        one = subprocess.Popen(
            [*command, "--out", str(tmp_path / "plan.json"), *words],
            cwd=settings.BASE_DIR,
            env=os.environ | {"MINGBAI_KEY": "11" * 32, "MINGBAI_DATA": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(one)
        return one

    yield ask
    for one in running:
        one.kill()
        one.communicate()


def plan_in(folder: Path, data: dict[str, Any]) -> Any:
    house = instance_of(data)
    plan = plan_of(house, json.loads((folder / "plan.json").read_text()))
    assert faults(house, plan) == []
    return plan


def test_the_last_line_tells_the_result_and_the_plan_is_valid(tmp_path: Path, asked: Any):
    data = month(6)
    one = asked(data, "--seconds", "5")
    out, _err = one.communicate(timeout=60)
    told = json.loads(out.splitlines()[-1])
    assert one.returncode == 0 and len(out.splitlines()) == 1
    assert told["bound"] <= told["objective"] + 0.01 <= told["greedy"] + 0.02
    assert told["first_plan_seconds"] < 1 and told["service_days"] == len(plan_in(tmp_path, data))
    assert [path.name for path in tmp_path.glob("tmp*")] == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_at_any_moment_there_is_a_valid_plan(tmp_path: Path, asked: Any, sign: int):
    data = month(8, places=60, people=50, days=22)
    one = asked(data, "--seconds", "120")
    wait_until(lambda: (tmp_path / "plan.json").exists())
    time.sleep(1)
    one.send_signal(sign)
    out, _err = one.communicate(timeout=20)
    assert plan_in(tmp_path, data)
    if sign != signal.SIGKILL:
        assert one.returncode == 0 and json.loads(out.splitlines()[-1])["stopped"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "JSON"), ("[]", "应是一个对象"), (json.dumps(month(1, max_days_per_place=-1)), "不能是负数")],
)
def test_a_wrong_instance_is_said_so_before_solving(tmp_path: Path, asked: Any, text: str, said: str):
    one = asked(text)
    _out, err = one.communicate(timeout=60)
    assert one.returncode == 2 and said in err
    assert not (tmp_path / "plan.json").exists()


def test_a_published_plan_is_mended_and_says_what_changed(tmp_path: Path, asked: Any):
    data = month(6, places=12, people=14)
    asked(data, "--seconds", "2").communicate(timeout=60)
    plan = json.loads((tmp_path / "plan.json").read_text())
    (tmp_path / "published.json").write_text(json.dumps(plan))
    first = plan["service_days"][0]
    (tmp_path / "changes.json").write_text(
        json.dumps({"closed": [{"place": first["place"], "day": first["day"]}]})
    )
    words = ("--published", str(tmp_path / "published.json"), "--changes", str(tmp_path / "changes.json"))
    out, err = asked(data, *words).communicate(timeout=60)
    told = json.loads(out.splitlines()[-1])
    assert told["changes"] and told["days_touched"] >= 1, err
    left = json.loads((tmp_path / "plan.json").read_text())["service_days"]
    assert (first["place"], first["day"]) not in {(one["place"], one["day"]) for one in left}
