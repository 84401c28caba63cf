"""Units, installer and compose file: what can be said of them without init system and containers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

OPS = Path(settings.BASE_DIR) / "ops"
UNITS = sorted((OPS / "systemd").glob("mingbai*.service"))


@pytest.fixture
def units(tmp_path):
    """The units as they are, but for the program and the settings, which are not on this machine."""
    for unit in [*UNITS, OPS / "systemd" / "mingbai.target"]:
        text = unit.read_text().replace("/opt/mingbai/current/python/bin/python3", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("EnvironmentFile=", "EnvironmentFile=-"))
    return tmp_path


needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")


@needs_systemd
def test_systemd_finds_nothing_wrong(units):
    command = ["systemd-analyze", "verify", *map(str, sorted(units.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_service_that_is_broken_into_can_do_little(units, unit):
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=35", str(units / unit.name)]
    assert subprocess.run(command, capture_output=True).returncode == 0, "exposure over 3.5 of 10"


def test_one_target_starts_all():
    target = (OPS / "systemd" / "mingbai.target").read_text()
    wanted = re.search(r"^Wants=(.+)$", target, re.MULTILINE)
    assert wanted and set(wanted[1].split()) == {unit.name for unit in UNITS}
    assert all("PartOf=mingbai.target" in unit.read_text() for unit in UNITS)
    only = {re.search(r"--only (\w+)", unit.read_text())[1] for unit in UNITS}
    assert only == {"pages", "live", "work", "line"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_no_service_is_ever_given_up(unit):
    """By default systemd stops trying after five failures in ten seconds: a slow database would be enough."""
    said = unit.read_text()
    assert "\nStartLimitIntervalSec=0\n" in said.partition("[Service]")[0] and "Restart=always" in said


def test_settings_named_in_the_examples_exist():
    known = set(
        re.findall(
            r'_(?:env|list)\("([A-Z_]+)"', (Path(settings.BASE_DIR) / "config/settings.py").read_text()
        )
    )
    known |= {"MINGBAI_KEY"}
    named = set(
        re.findall(r"^#?([A-Z_]+)=", (OPS / "systemd" / "mingbai.env.example").read_text(), re.MULTILINE)
    )
    compose = (OPS / "compose" / "compose.yml").read_text()
    named |= {name.removesuffix("_FILE") for name in re.findall(r"^    ([A-Z_]+): ", compose, re.MULTILINE)}
    assert named - known == set()


@pytest.mark.parametrize("script", sorted(OPS.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_read_by_their_shell(script):
    shell = "bash" if script.read_text().startswith("#!/usr/bin/env bash") else "sh"
    assert subprocess.run([shell, "-n", str(script)]).returncode == 0


def test_the_head_of_the_bundle_knows_its_own_length():
    """The payload begins on the line after it: one line more and nothing would unpack."""
    head = (OPS / "bundle" / "head.sh").read_text()
    assert head.endswith("\n") and head.count("@LINES@") >= 3
    build = (OPS / "bundle" / "build.py").read_text()
    assert 'head.count("\\n") + 1' in build
