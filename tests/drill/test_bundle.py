"""The bundle on a bare machine that has booted: installed, upgraded, taken back, the operator's chapter.

In full only (`make drill ARGS="-k bundle"`), as root on Debian with debootstrap. The older bundle is made of
the commit before the last migration; MINGBAI_BUNDLE and MINGBAI_OLDER_BUNDLE name files that are there.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.drill import FULL

ROOT = Path(settings.BASE_DIR)
may_boot = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("debootstrap")
pytestmark = pytest.mark.skipif(not (FULL and may_boot), reason="minutes, root and debootstrap: make drill")


def made(tree: Path) -> Path:
    subprocess.run(["make", "-C", str(tree), "bundle"], check=True, stdout=subprocess.DEVNULL)
    return max((tree / "dist").glob("mingbai-*.run"), key=lambda path: path.stat().st_mtime)


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def bundle() -> Path:
    return Path(os.environ.get("MINGBAI_BUNDLE", "") or made(ROOT))


@pytest.fixture
def older(tmp_path):
    """Of a state whose database is an older one: the upgrade has something to do."""
    if named := os.environ.get("MINGBAI_OLDER_BUNDLE"):
        yield Path(named)
        return
    last = git("log", "-1", "--no-merges", "--format=%H", "--", "mingbai/*/migrations/*")
    tree = tmp_path / "older"
    git("worktree", "add", "--detach", str(tree), f"{last}^")
    try:
        yield made(tree)
    finally:
        git("worktree", "remove", "--force", str(tree))


@pytest.fixture
def machine(tmp_path):
    """A folder that keeps no mounts behind: they are the booted machine's own and end with it."""
    yield tmp_path / "root"
    shutil.rmtree(tmp_path / "root", ignore_errors=True)


@pytest.mark.timeout(0)
def test_a_bare_machine_is_installed_upgraded_and_brought_back(bundle, older, machine):
    machine.mkdir()
    command = ["bash", str(ROOT / "ops/bundle/try.sh"), str(bundle), str(older), str(machine)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith("ALL WELL\n"), (done.stdout + done.stderr)[-4000:]
    figures = {name: float(value) for name, value in re.findall(r"^FIGURE (\w+) (\S+)$", done.stdout, re.M)}
    print(figures)
    assert figures["install_to_page_s"] <= 180, "three minutes to a working page"
