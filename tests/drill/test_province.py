"""A province loses machines under load: nothing given is lost, it writes again within thirty seconds.

In full only (`make drill`): minutes with three PostgreSQL, etcd, HAProxy, PgBouncer and two web nodes.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import httpx
import psycopg
import pytest
from django.conf import settings

from ops.dev import province as province_module
from tests.drill import FULL
from tests.drill.callers import FOUND, SOURCE, Callers
from tests.process import wait_until

WRITES_AGAIN = 30  # seconds
pytestmark = [
    pytest.mark.skipif(not FULL, reason="takes minutes: make drill"),
    pytest.mark.enable_socket,  # every node has a loopback address of its own
]


class Node:
    """A web node with its worker, on an address of its own; the files are shared, as by a network disk."""

    def __init__(self, province, name, folder):
        self.name, self.folder = name, folder / name
        self.address, _, self.port = province.webs[name].partition(":")
        self.folder.mkdir()
        (folder / "files").mkdir(exist_ok=True)
        (self.folder / "files").symlink_to(folder / "files")
        self.env = os.environ | {
            "MINGBAI_DATA": str(self.folder),
            "DATABASE_URL": f"{province.url()}?pooler=transaction",
            "DATABASE_REPLICA_URL": f"{province.url(read=True)}?pooler=transaction",
            "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
            "ALLOWED_HOSTS": f"{province.front},{self.address},127.0.0.1",
            "HOST": self.address,
            "DATABASE_POOL": "8",
            "PYTHONWARNINGS": "ignore",
        }
        self.process = None

    def run(self, *words):
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
        done = subprocess.run(command, env=self.env, cwd=settings.BASE_DIR, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self):
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", self.port]
        with (self.folder / "log").open("ab") as out:
            self.process = subprocess.Popen(
                [*command, "--workers", "1"],
                env=self.env,
                stdout=out,
                stderr=out,
                cwd=settings.BASE_DIR,
                start_new_session=True,
            )

    def answers(self):
        try:
            return httpx.get(f"http://{self.address}:{self.port}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """A province with its two web nodes and partners that never stop handing over."""
    webs = {"one": "NETWORK.11:8000", "two": "NETWORK.12:8000"}
    folder = tmp_path_factory.mktemp("webs")
    try:
        with province_module.running(webs) as province:
            nodes = [Node(province, name, folder) for name in webs]
            try:
                nodes[0].run("migrate", "-v0")
                key = nodes[0].run("shell", "-v0", "-c", FOUND).split()[-1]
                for node in nodes:
                    node.start()
                wait_until(lambda: all(node.answers() for node in nodes), 180)
                callers = Callers(f"http://{province.front}:8080", key, pause=0.05)
                callers.start()
                try:
                    wait_until(lambda: len(callers.given) > 5, 60)
                    yield province, nodes, callers
                finally:
                    callers.stop()
            finally:
                for node in nodes:
                    node.kill()
    except province_module.NoProvince as why:
        pytest.skip(str(why))


def test_nothing_given_is_lost_whichever_part_falls(standing):
    province, nodes, callers = standing
    table = [tried(standing, name, cause) for name, cause in FAULTS.items()]
    callers.stop()
    print("\n| fault | seconds without a new number | primary |\n| --- | --- | --- |")
    for name, silence, primary in table:
        print(f"| {name} | {silence:.1f} | {primary} |")
    print(f"{len(callers.given)} numbers given, {len(callers.refused)} asked to come again")
    assert [row for row in table if row[1] > WRITES_AGAIN] == []
    assert [one for one in callers.refused if not one.startswith("503")] == []
    asked = f"{callers.given!r}, {SOURCE!r}, 'key:'"
    code = f"from tests.drill import proof; print(proof.wrongs({asked}))"
    assert nodes[0].run("shell", "-v0", "-c", code).strip().splitlines()[-1] == "[]"


def tried(standing, name, cause):
    """Cause it, wait until numbers are given again and all are together; how long none was given."""
    province, _nodes, callers = standing
    before, since, given = province.primary(), time.monotonic(), len(callers.given)
    repair = cause(standing)
    wait_until(lambda: len(callers.given) > given + 10 and callers.at[-1] > since + 2, 120)
    repair()
    province.wait(lambda: len(province.members()) == 3 and province.primary() and province.in_sync(), 120)
    return name, callers.longest_silence(since), f"{before} → {province.primary()}"


def power_gone(standing):
    province = standing[0]
    name = province.primary()
    province.kill_node(name)
    province.wait(lambda: province.primary() not in ("", name), 60)
    return lambda: province.start_patroni(name)


def postgres_killed(standing):
    province = standing[0]
    province.kill_postgres(province.primary())
    return lambda: None


def primary_frozen(standing):
    """It wakes up and believes to be primary still: nothing that is written there may be acknowledged."""
    province = standing[0]
    name = province.primary()
    frozen = province.pids(name)
    province.signal_all(frozen, signal.SIGSTOP)
    province.wait(lambda: province.primary() not in ("", name), 60)

    def repair():
        province.signal_all(frozen, signal.SIGCONT)
        assert not written_there(province, name), "two primaries acknowledged"
        province.wait(lambda: province.ask(name, "/patroni").get("role") == "replica", 60)

    return repair


def written_there(province, name):
    """True when a node takes a change by itself and says so, before it is put down.

    Without a timeout on the server: PostgreSQL would end its waiting for the standby and say "done".
    """
    url, done = province.url(host=f"{province.addresses[name]}:5432"), []

    def write():
        try:
            with psycopg.connect(url, connect_timeout=5) as there:
                there.execute("CREATE TABLE split_brain (n int)")
                there.commit()
                done.append(True)
        except psycopg.Error:
            pass

    writing = threading.Thread(target=write, daemon=True)
    writing.start()
    writing.join(20)
    return bool(done)


def standby_cut_off(standing):
    """Nothing says good-bye: its sessions stay open and silent, as behind a broken switch."""
    province = standing[0]
    frozen = province.pids(province.in_sync()[0])
    province.signal_all(frozen, signal.SIGSTOP)
    return lambda: province.signal_all(frozen, signal.SIGCONT)


def etcd_lost(standing):
    province, _nodes, callers = standing
    for name in ("a", "b"):
        province.kill(f"etcd-{name}")
    given, end = len(callers.given), time.monotonic() + 25  # longer than the lease of the primary
    wait_until(lambda: time.monotonic() > end, 60)
    print(f"{len(callers.given) - given} numbers were given in 25 s without a majority of etcd")

    def repair():
        for name in ("a", "b"):
            province.start_etcd(name)

    repair()
    return lambda: None


def pgbouncer_killed(standing):
    province = standing[0]
    province.kill("pgbouncer")
    province.start_pgbouncer()
    return lambda: None


def web_node_killed(standing):
    _province, nodes, _callers = standing
    nodes[1].kill()
    nodes[1].start()
    return lambda: wait_until(nodes[1].answers, 120)


FAULTS = {
    "power of the primary gone": power_gone,
    "PostgreSQL of the primary killed": postgres_killed,
    "primary frozen, another elected, then thawed": primary_frozen,
    "synchronous standby cut off and back": standby_cut_off,
    "majority of etcd lost for 25 s and back": etcd_lost,
    "PgBouncer killed and started again": pgbouncer_killed,
    "one web node killed": web_node_killed,
}


def test_figures_come_from_a_standby_and_say_of_when(standing):
    """Asked inside the house, since a page of figures needs a second factor."""
    _province, nodes, _callers = standing
    code = (
        "from mingbai.core.replica import may_be_stale\n"
        "from mingbai.cases.models import Case\n"
        "with may_be_stale() as known:\n"
        "    print(known is not None, Case.objects.all().db, Case.objects.count() > 5)\n"
    )
    assert nodes[0].run("shell", "-v0", "-c", code).split() == ["True", "replica", "True"]
