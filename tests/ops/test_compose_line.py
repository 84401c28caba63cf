"""The exchange in containers, as far as it can be said without them: what one writes the other finds."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

OPS = Path(settings.BASE_DIR) / "ops"
DOCKERFILE = (OPS / "compose/asterisk.Dockerfile").read_text()
SAID = {
    "TRUNK_MATCH": "203.0.113.10",
    "TRUNK_CONTACT": "sip:203.0.113.10",
    "MEDIA_ADDRESS": "192.0.2.5",
    "ARI_PASSWORD": "secret",
}
"""What an office must say (ops/asterisk/README.md)."""


def composed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((OPS / "compose/compose.yml").read_text())
    return found


def mounts(service: str) -> dict[str, str]:
    """Volume → folder in the container."""
    rows = (row.split(":") for row in composed()["services"][service]["volumes"])
    return {row[0]: row[1] for row in rows}


def command() -> str:
    """What the exchange's container runs."""
    found = re.search(r"^CMD (\[.*\])", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    assert found
    words: list[str] = json.loads(found[1])
    assert words[:2] == ["sh", "-c"]
    return words[2]


def test_exchange_and_line_start_together_and_only_where_they_are_wanted():
    services = composed()["services"]
    wanted = {name for name, row in services.items() if "line" in row.get("profiles", [])}
    assert wanted == {"exchange", "line"}
    built = services["exchange"]["build"]
    context = (OPS / "compose" / built["context"]).resolve()
    assert (context / built["dockerfile"]).is_file()
    copied = re.findall(r"^COPY (\S+)", DOCKERFILE, re.MULTILINE)
    assert copied and all((context / path).exists() for path in copied)
    volumes = {name for service, row in services.items() if "volumes" in row for name in mounts(service)}
    assert volumes <= composed()["volumes"].keys()


def test_what_the_one_writes_is_where_the_other_looks():
    line = composed()["services"]["line"]["environment"]
    exchange, house = mounts("exchange"), mounts("line")
    defaults = _defaults()
    assert exchange["sounds"] == f"{defaults['VAR']}/sounds/mingbai" and house["sounds"] == line["PBX_SOUNDS"]
    assert exchange["calls"] == f"{defaults['LOG']}/cdr-csv"
    assert line["PBX_CDR"] == f"{house['calls']}/Master.csv"
    assert exchange["recordings"] == f"{defaults['SPOOL']}/recording"
    for folder in (exchange["sounds"], exchange["calls"]):
        assert folder in DOCKERFILE
    assert {"MINGBAI_DATA", "DATABASE_URL_FILE"} <= line.keys()


def _defaults() -> dict[str, str]:
    code = "import json, configure; print(json.dumps(configure.DEFAULTS))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=OPS / "asterisk", capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def _environment() -> dict[str, str]:
    return os.environ | {f"ASTERISK_{name}": value for name, value in SAID.items()}


def test_the_container_writes_the_configuration_that_the_tests_run(tmp_path: Path):
    """The very command, but for the user and the last step, beside the way that `make pbx` goes."""
    script, _exec, last = command().partition("exec ")
    assert last.split()[0] == "asterisk"
    script = re.sub(r"&& chown [^)]*", "", script).rstrip("& ")
    script = script.replace("/opt/mingbai-asterisk", str(OPS / "asterisk"))
    script = script.replace("python3", sys.executable).replace("/etc/asterisk", str(tmp_path / "one/etc"))
    (tmp_path / "one").mkdir()
    done = subprocess.run(["sh", "-ec", script], env=_environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    words = [f"{name}={value}" for name, value in SAID.items()]
    other = tmp_path / "two/etc"
    other.parent.mkdir()
    subprocess.run([sys.executable, OPS / "asterisk/configure.py", other, *words], check=True)
    for path in sorted(other.iterdir()):
        here = (tmp_path / "one/etc" / path.name).read_text().replace(str(tmp_path / "one"), "")
        assert here == path.read_text().replace(str(tmp_path / "two"), ""), path.name
        assert "@" not in re.sub(r"\S+@\S+|;.*", "", here)


@pytest.mark.parametrize("left_out", sorted(SAID))
def test_a_container_that_was_not_told_enough_says_what(tmp_path: Path, left_out: str):
    environment = _environment()
    del environment[f"ASTERISK_{left_out}"]
    command = [sys.executable, OPS / "asterisk/configure.py", tmp_path / "etc"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and left_out in done.stderr and not (tmp_path / "etc").exists()
