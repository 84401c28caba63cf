"""A house in a bad world: no space, a disk that can only be read, floods, bombs, clocks that jump."""

import io
import os
import resource
import socket
import sqlite3
import subprocess
import sys
import time
import tracemalloc
import zipfile
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from mingbai.cases.actions.clocks import tick
from mingbai.cases.actions.files import attach
from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.journal.models import Seal
from mingbai.journal.queries import verify
from mingbai.notices.models import Job, Notice, Way
from mingbai.notices.worker import Worker
from tests.cases.factories import PHONE, VILLAGE, make_case, make_city
from tests.drill import FULL
from tests.house import House
from tests.process import wait_until

IDLE = 5000 if FULL else 2500
_FOUND = """
from tests.cases.factories import make_city
from mingbai.people import actions
from mingbai.core.actor import SYSTEM
print(actions.issue_key(by=SYSTEM, partner=make_city().partner))
"""


def bomb(entries, size):
    """A DOCX by its names, whose parts unpack to `entries` × `size` bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for n in range(entries):
            with archive.open(f"word/{'document' if n == 0 else n}.xml", "w", force_zip64=True) as part:
                for _ in range(size // 2**20):
                    part.write(bytes(2**20))
    return out.getvalue()


@pytest.mark.django_db
def test_a_zip_bomb_is_never_unpacked(settings, tmp_path):
    settings.FILES_DIR = tmp_path
    make_city()
    case, blob = make_case(), bomb(8, 256 * 2**20)
    assert len(blob) < 4 * 2**20, "two gigabytes in a few megabytes"
    tracemalloc.start()
    begun = time.monotonic()
    try:
        attach(
            case=case,
            by=RESIDENT,
            name="合同.docx",
            stream=io.BytesIO(blob),
            size=len(blob),
            by_resident=True,
        )
    except Refused:
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 2**20 and time.monotonic() - begun < 20


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1), timedelta(days=-400)])
def test_the_clock_jumps_and_everything_goes_on(jump, monkeypatch):
    make_city()
    first = make_case()
    Worker().round()
    true_now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: true_now() + jump)
    second = make_case(text="拨了钟以后")
    assert first.number != second.number
    tick(now=timezone.now())
    hand = Worker()
    hand.round()
    assert Job.objects.exclude(error="").count() == 0
    monkeypatch.setattr(timezone, "now", true_now)
    third = make_case(text="钟又对了")
    Worker().round()
    Job.objects.update(next_at=true_now())
    Worker().round()
    journal.seal_all(by=SYSTEM)
    report = verify()
    assert report.is_whole and report.uncovered_entries == 0 and Seal.objects.count() >= 2
    assert Case.objects.count() == 3 and third.pk


# ── a real house ──

pytestmark_house = pytest.mark.skipif(connection.vendor != "sqlite", reason="the house has its own SQLite")
may_mount = sys.platform == "linux" and os.geteuid() == 0


def hand_over(house, key, secret):
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    body = {"kind": "consultation", "text": f"诉求 {key}", "region": VILLAGE, "phone": PHONE}
    url = f"http://127.0.0.1:{house.port}/api/v1/cases"
    return httpx.post(url, json=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    one = House(tmp_path_factory.mktemp("house"))
    yield one
    one.stop()


@pytestmark_house
def test_headers_without_end_are_refused_and_others_are_served(house):
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        try:
            for n in range(4000):
                caller.sendall(b"X-%d: %s\r\n" % (n, b"a" * 1000))
            caller.sendall(b"\r\n")
            answer = caller.recv(200)
        except OSError:
            answer = b""  # the door was shut in the middle
    assert b" 200 " not in answer
    assert house.answers() and house.get("/").status_code == 200


@pytestmark_house
def test_idle_and_slow_callers_keep_nobody_out(house):
    callers = []
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(_soft, IDLE + 500)), hard))
    try:
        for n in range(IDLE):
            # Sooner than the half minute after which who says nothing is sent away, and makes room.
            caller = socket.create_connection(("127.0.0.1", house.port), timeout=15)
            if n % 2:
                caller.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")  # and never the end of it
            callers.append(caller)
        assert house.get("/").status_code == 200
        assert house.answers(live=True)
    finally:
        for caller in callers:
            caller.close()
    assert house.answers()


def slow_reader(house):
    """Asks for a page and takes a byte a while, with the smallest window."""
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    caller.connect(("127.0.0.1", house.port))
    caller.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return caller


@pytestmark_house
def test_slow_readers_keep_nobody_waiting(house):
    callers = [slow_reader(house) for _ in range(100)]
    try:
        for caller in callers:
            caller.recv(1)
        begun = time.monotonic()
        assert all(house.get("/").status_code == 200 for _ in range(5))
        assert time.monotonic() - begun < 20
    finally:
        for caller in callers:
            caller.close()


@pytest.mark.skipif(not FULL, reason="waits for twenty seconds: make drill")
@pytestmark_house
def test_a_database_that_answers_after_twenty_seconds_loses_nothing_and_says_so(tmp_path):
    house = House(tmp_path)
    try:
        secret = house.shell(_FOUND).split()[-1]
        with sqlite3.connect(tmp_path / "mingbai.sqlite3", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody else may write
            begun = time.monotonic()
            answer = hand_over(house, "late", secret)
            assert answer.status_code == 503 and "同一个提交编号" in answer.text, answer.text
            assert 15 < time.monotonic() - begun < 60
            assert house.get("/").status_code == 200, "reading goes on"
            other.execute("ROLLBACK")
        given = {"late": hand_over(house, "late", secret).json()["number"]}
        asked = f"{given!r}, 'partner:hotline12345', 'key:'"
        assert house.shell(f"from tests.drill import proof; print(proof.wrongs({asked}))").strip() == "[]"
    finally:
        house.stop()


@pytest.mark.django_db
def test_names_that_no_longer_resolve_delay_messages_and_nothing_else(settings, monkeypatch):
    """DNS is gone: matters are taken in, what is to be sent waits, and goes out once when names are back."""
    settings.NOTICE_RESIDENT_TRANSPORT = "sms"
    settings.SMS_URL, settings.SMS_KEY = "https://gateway.example/send", "k"
    Way.objects.create(transport="sms")  # without quiet hours: also at night
    asked = []

    def gone(host, *args, **kwargs):
        asked.append(host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", gone)
    make_city()
    make_case()
    Notice.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    waiting = Notice.objects.filter(state="queued", transport="sms").count()
    assert waiting
    Worker().round()
    assert "gateway.example" in asked
    left = Notice.objects.filter(state="queued", transport="sms")
    assert left.count() == waiting and all(one.error for one in left), "kept, with what was wrong"
    sent = []
    monkeypatch.setitem(settings.NOTICE_TRANSPORTS, "sms", "tests.drill.test_faults.arrived")
    monkeypatch.setattr("tests.drill.test_faults.ARRIVED", sent)
    Notice.objects.filter(state="queued").update(due_at=timezone.now() - timedelta(minutes=1))
    Worker().round()
    Worker().round()
    assert len(sent) == waiting and not Notice.objects.filter(state="queued", transport="sms").exists()


ARRIVED = []


def arrived(notice):
    ARRIVED.append(notice.pk)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MB that belongs to the test; only root may mount one."""
    if not may_mount:
        pytest.skip("needs root to mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytestmark_house
def test_a_full_and_a_read_only_disk_lose_nothing_and_say_so(small_disk):
    house = House(small_disk)
    try:
        secret = house.shell(_FOUND).split()[-1]
        given = {"before": hand_over(house, "before", secret).json()["number"]}

        fill(small_disk / "ballast")
        answers = {f"full-{n}": hand_over(house, f"full-{n}", secret) for n in range(40)}
        assert {one.status_code for one in answers.values()} <= {201, 503}
        assert 503 in {one.status_code for one in answers.values()}, "it never got full"
        given |= {key: one.json()["number"] for key, one in answers.items() if one.status_code == 201}
        refused = next(one for one in answers.values() if one.status_code == 503)
        assert "登记" in refused.text or "稍后" in refused.text
        assert house.get("/").status_code == 200, "reading goes on"
        (small_disk / "ballast").unlink()
        given |= {key: hand_over(house, key, secret).json()["number"] for key in answers}

        # No kernel takes the right to write from files that are open: a house that stands is not tried.
        house.stop()
        remount_when_left(small_disk, "ro")
        refused = house.command("serve", "--port", str(house.port))
        assert refused.returncode == 1 and "写不了" in refused.stderr, refused.stderr[-500:]
        remount_when_left(small_disk, "rw")
        asked = f"{given!r}, 'partner:hotline12345', 'key:'"
        assert house.shell(f"from tests.drill import proof; print(proof.wrongs({asked}))").strip() == "[]"
    finally:
        house.stop()


def fill(file):
    with file.open("wb") as out:
        try:
            while True:
                out.write(bytes(65536))
                out.flush()
        except OSError:
            pass


def remount_when_left(disk, how):
    """The processes of a stopped house let go of their files a moment later."""
    command = ["mount", "-o", f"remount,{how}", str(disk)]
    wait_until(lambda: subprocess.run(command, capture_output=True).returncode == 0, 30)
