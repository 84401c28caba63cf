"""The files of a province: filled for every node, refused when something is missing, read by the programs."""

import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from ops.dev.province import NoProvince, packages

SCRIPT = settings.BASE_DIR / "ops/patroni/configure.py"
GIVEN = {
    "NODES": "a=10.1.0.1 b=10.1.0.2 c=10.1.0.3",
    "WEBS": "one=10.1.0.11:8000 two=10.1.0.12:8000",
    "PASSWORD": "Aa1Aa1Aa1Aa1",
    "SUPER_PASSWORD": "Bb2Bb2Bb2Bb2",
    "REPLICATION_PASSWORD": "Cc3Cc3Cc3Cc3",
    "API_PASSWORD": "Dd4Dd4Dd4Dd4",
}


def configure(folder, node="b", **changes):
    words = [f"{name}={value}" for name, value in (GIVEN | changes).items() if value is not None]
    command = [sys.executable, str(SCRIPT), str(folder), node, *words]
    return subprocess.run(command, capture_output=True, text=True)


def test_every_file_is_filled_and_closed_to_others(tmp_path):
    assert configure(tmp_path / "etc").returncode == 0
    files = {path.name: path for path in (tmp_path / "etc").iterdir()}
    assert len(files) == 7 and not [name for name, path in files.items() if "@" in path.read_text()]
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert (
        "ETCD_INITIAL_CLUSTER=a=http://10.1.0.1:2380,b=http://10.1.0.2:2380" in files["etcd.conf"].read_text()
    )
    assert files["haproxy.cfg"].read_text().count("check port 8008") == 6
    assert b"\r\n\r\n<!doctype html>" in files["503.http"].read_bytes()


def test_what_patroni_reads_keeps_every_given_number(tmp_path):
    configure(tmp_path / "etc")
    told = yaml.safe_load((tmp_path / "etc/patroni.yml").read_text())
    dcs = told["bootstrap"]["dcs"]
    assert dcs["synchronous_mode"] is True and dcs["postgresql"]["parameters"]["synchronous_commit"] == "on"
    # Patroni's own condition, and the promise of thirty seconds with ten for the election.
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"] <= 20
    assert dcs["primary_start_timeout"] == 0 and dcs["failsafe_mode"] is True
    assert (told["name"], told["postgresql"]["listen"]) == ("b", "10.1.0.2:5432")
    assert not [line for line in told["postgresql"]["pg_hba"] if "trust" in line or "0.0.0.0" in line]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"NODES": "a=10.1.0.1"}, "three nodes"),
        ({"NODES": None}, "three nodes"),
        ({"WEBS": ""}, "WEBS"),
        ({"PASSWORD": "short"}, "PASSWORD"),
        ({"PASSWORD": "with'quote'and;more"}, "PASSWORD"),
        ({"API_PASSWORD": None}, "API_PASSWORD"),
    ],
)
def test_nothing_is_written_when_something_is_missing(tmp_path, changes, said):
    done = configure(tmp_path / "etc", **changes)
    assert done.returncode == 1 and said in done.stderr and not (tmp_path / "etc").exists()


def test_a_foreign_node_is_refused(tmp_path):
    assert configure(tmp_path / "etc", node="z").returncode == 1


def test_haproxy_itself_reads_its_file(tmp_path):
    """The package is fetched by the drill; where it is not there yet, this test does not fetch it."""
    try:
        root = packages(fetch=False)
    except NoProvince as why:
        pytest.skip(str(why))
    configure(tmp_path / "etc")
    command = [str(root / "usr/sbin/haproxy"), "-c", "-f", str(tmp_path / "etc/haproxy.cfg")]
    library = next((root / "usr/lib").glob("*-linux-gnu*"))
    done = subprocess.run(command, env={"LD_LIBRARY_PATH": str(library)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
