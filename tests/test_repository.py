"""Files that must agree with one another, and what must never be in the repository."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)$")


def pins(requirements: list[str]) -> dict[str, str]:
    matches = {text: PINNED.match(text) for text in requirements}
    assert [text for text, match in matches.items() if not match] == [], "pin it exactly"
    return {match[1].lower(): match[2] for match in matches.values() if match}


def locked(name: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE):
        versions.setdefault(package, set()).add(version)
    return versions


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files belong to it is unknown")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_holds_what_the_project_asks_for(name):
    lock = locked(name)
    assert {package: lock.get(package) for package in pins(PROJECT["project"]["dependencies"])} == {
        package: {version} for package, version in pins(PROJECT["project"]["dependencies"]).items()
    }


def test_the_lock_for_developers_holds_their_tools():
    wanted, lock = pins(PROJECT["dependency-groups"]["dev"]), locked("requirements-dev.txt")
    assert {
        package for package, version in wanted.items() if version not in lock.get(package, set())
    } == set()


def test_every_dependency_says_why_it_is_there():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    assert [line for line in lines if re.match(r'^\s+"[\w.\[\],-]+==', line) and "#" not in line] == []


def test_browser_libraries_are_pinned_and_name_no_host():
    package = json.loads((ROOT / "package.json").read_text())
    versions = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in versions.items() if not re.fullmatch(r"[\d.]+", version)] == []
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_no_library_is_copied_into_the_repository():
    foreign = re.compile(r"\.min\.(js|css)$|(^|/)(node_modules|vendor|built)/|\.(sqlite3|mo|pyc)$|\.env$")
    assert [str(path) for path in tracked() if foreign.search(str(path.relative_to(ROOT)))] == []


def test_no_file_is_large():
    assert {str(path): path.stat().st_size for path in tracked() if path.stat().st_size > 1_500_000} == {}
