"""serve for real: starts, answers, restarts what dies, pushes, fits into memory, ends in seconds."""

import os
import re
import signal
import sys
import time

import pytest

from tests.house import House, children, free_port, is_alive, megabytes
from tests.process import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    one = House(tmp_path_factory.mktemp("house"))
    yield one
    one.stop()


def test_pages_and_stream_answer(house):
    assert house.get("/readyz").json()["ready"]
    assert house.answers(live=True)
    assert house.get("/live/", live=True).status_code == 401
    assert house.get("/").status_code == 200


def test_each_process_fits_into_150_megabytes(house):
    for _ in range(100):
        house.get("/")
    assert {pid: size for pid in house.family() if (size := megabytes(pid)) > 150} == {}


def test_counts_of_all_web_processes_are_added_up(house):
    def counted() -> float:
        text = house.get("/metrics").text
        return sum(float(n) for n in re.findall(r"mingbai_requests_total\{[^}]*\} (\S+)", text))

    before = counted()
    for _ in range(10):
        house.get("/")
    assert counted() == before + 10


def test_what_is_killed_is_started_again(house):
    before = house.parts()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until(
        lambda: set(before.values()).isdisjoint(house.parts().values()) and len(house.parts()) == 3, 30
    )
    wait_until(lambda: house.answers() and house.answers(live=True), 30)


def test_a_killed_web_worker_is_started_again(house):
    (victim, *_rest) = children(house.parts()["config.wsgi:application"])
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: not is_alive(victim))
    wait_until(lambda: len(children(house.parts()["config.wsgi:application"])) >= 2, 20)
    wait_until(house.answers)


def test_sigterm_ends_everything_within_seconds(tmp_path):
    house = House(tmp_path)  # its own: tests come in any order
    family, begun = house.family(), time.monotonic()
    house.process.terminate()
    assert house.process.wait(15) == 0
    assert time.monotonic() - begun < 10
    assert [pid for pid in family if is_alive(pid)] == []
    assert not house.answers()


def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path):
    house = House(tmp_path)
    family = house.family()
    house.stop()
    wait_until(lambda: not any(is_alive(pid) for pid in family), 15)


def test_a_port_in_use_is_said_at_once(house):
    assert house.manage("serve", "--port", str(house.port)).wait(30) == 1
    wait_until(lambda: f"端口 {house.port} 用不了" in house.said())


def test_data_of_another_key_is_not_served(house):
    other = {"MINGBAI_KEY": "77" * 32}
    assert house.manage("serve", "--port", str(free_port()), **other).wait(30) == 1
    wait_until(lambda: "another master key" in house.said())
