"""make bundle: one file that installs and upgrades this house on a bare Debian without any network.

Inside: this interpreter with the libraries it needs beyond libc, the locked packages, the built browser
libraries, the code, and ops/bundle/install.sh. For the architecture and libc it is built on: build on the
oldest Debian you serve.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
# The loader and libc belong to the target's kernel and must be its own.
_OF_LIBC = re.compile(r"(ld-linux.*|lib(c|m|pthread|dl|rt|util|resolv|nsl|anl)|linux-vdso)\.so(\.\d+)*$")
_OPENED_BY_NAME = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
_FONTS_CONF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">.</dir><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>
  <cachedir>/tmp/mingbai-fonts</cachedir>
</fontconfig>
"""
_NOT_SHIPPED = ("test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "__pycache__")
_APP = (
    "config",
    "mingbai",
    "templates",
    "static",
    "locale",
    "ops",
    "docs",
    "manage.py",
    "LICENSE",
    "README.md",
)
_APP += ("README.zh-CN.md", "CHANGELOG.md", "pyproject.toml", "requirements.txt", "THREAT_MODEL.md")


def main() -> int:
    target = ROOT / "dist" / f"mingbai-{release()}-{os.uname().machine}.run"
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mingbai-bundle-") as name:
        stage = Path(name) / "mingbai"
        copy_python(stage / "python")
        copy_fonts(stage / "python/share/fonts")
        install_packages(stage / "python")
        copy_app(stage / "app")
        (stage / "VERSION").write_text(release() + "\n")
        shutil.copy(ROOT / "ops/bundle/install.sh", stage / "install.sh")
        compile_all(stage)
        pack(stage, target)
    print(f"{target} ({target.stat().st_size / 1e6:.0f} MB)")
    return 0


@lru_cache
def release() -> str:
    """The version, and where it stands in the history: two bundles of one version differ."""
    text = (ROOT / "mingbai/__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    assert found, "mingbai/__init__.py names the version"
    command = ["git", "rev-list", "--count", "HEAD"]
    count = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return f"{found[1]}.{count or 0}"


# ── the interpreter ──


def copy_python(to: Path) -> None:
    source, library = Path(sysconfig.get_path("stdlib")), to / "lib" / VERSION
    skipped = shutil.ignore_patterns(*_NOT_SHIPPED, "config-*", "site-packages", "dist-packages")
    shutil.copytree(source, library, ignore=skipped)
    (library / "site-packages").mkdir()
    (to / "bin").mkdir()
    interpreter = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    shutil.copy(interpreter, to / "bin" / VERSION)
    (to / "bin" / "python3").symlink_to(VERSION)
    modules = [*(library / "lib-dynload").glob("*.so"), to / "bin" / VERSION]
    drop_unlinkable(modules)
    drawing = drawing_libraries()
    for path in shared(modules + drawing) | set(drawing):
        shutil.copy(path, to / "lib" / path.name)
    set_search_paths(to)


def drop_unlinkable(modules: list[Path]) -> None:
    for path in [one for one in modules if one.stem.startswith(("_tkinter", "_test", "_ctypes_test", "xxl"))]:
        path.unlink()
        modules.remove(path)


def shared(modules: list[Path]) -> set[Path]:
    """Every library these link to, and theirs, but libc's."""
    found: set[Path] = set()
    for module in modules:
        listed = subprocess.run(["ldd", str(module)], capture_output=True, text=True, check=True).stdout
        for name, path in re.findall(r"(\S+) => (/\S+)", listed):
            if not _OF_LIBC.match(name):
                # Under the name it is asked for by, whatever file a link leads to.
                found.add(Path(path))
    return found


def drawing_libraries() -> list[Path]:
    """What WeasyPrint opens by name while it runs, so that no link tells of it."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    known = dict(re.findall(r"^\s*(\S+) \(.*?\) => (/\S+)$", listed, re.MULTILINE))
    missing = [name for name in _OPENED_BY_NAME if name not in known]
    assert not missing, f"papers need {missing}: run ops/dev/system.sh papers"
    return [Path(known[name]) for name in _OPENED_BY_NAME]


def copy_fonts(to: Path) -> None:
    """宋体 with its bold, and a fontconfig of our own that knows them: a bare system has no fonts."""
    to.mkdir(parents=True)
    listed = subprocess.run(
        ["fc-list", "Noto Serif CJK SC", "file"], capture_output=True, text=True, check=True
    )
    files = {Path(line.split(":")[0]) for line in listed.stdout.splitlines()}
    wanted = [path for path in files if path.stem.endswith(("-Regular", "-Bold"))]
    assert wanted, "papers need fonts-noto-cjk: run ops/dev/system.sh papers"
    for path in wanted:
        shutil.copy(path, to / path.name)
    (to / "fonts.conf").write_text(_FONTS_CONF)


def set_search_paths(python: Path) -> None:
    """Libraries are looked for beside the interpreter, wherever the tree is unpacked."""
    places = [(python / "bin" / VERSION, "$ORIGIN/../lib")]
    places += [(path, "$ORIGIN") for path in (python / "lib").glob("*.so*")]
    places += [(path, "$ORIGIN/../..") for path in (python / "lib" / VERSION / "lib-dynload").glob("*.so")]
    for path, where in places:
        subprocess.run(["patchelf", "--force-rpath", "--set-rpath", where, str(path)], check=True)


# ── packages and code ──


def install_packages(python: Path) -> None:
    target = python / "lib" / VERSION / "site-packages"
    command = [
        str(ROOT / ".venv/bin/uv"),
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--link-mode=copy",
    ]
    command += ["--python", sys.executable, "--target", str(target), "-r", str(ROOT / "requirements.txt")]
    subprocess.run(command, check=True)
    shutil.rmtree(target / "bin", ignore_errors=True)
    for folder in [path for name in ("tests", "test") for path in target.rglob(name) if path.is_dir()]:
        # Some packages import their own tests' tools; only those that hold nothing but tests go.
        if not (folder / "__init__.py").exists():
            shutil.rmtree(folder)


def copy_app(to: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_APP],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listed.stdout.split("\0") if name and not name.startswith("docs/pictures/")]
    names += [str(path.relative_to(ROOT)) for path in (ROOT / "locale").rglob("*.mo")]
    names += [str(path.relative_to(ROOT)) for path in (ROOT / "static/built").rglob("*") if path.is_file()]
    for name in names:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, to / name)


def compile_all(stage: Path) -> None:
    """Compiled once here: the installed tree is read-only for those who run it."""
    command = [str(stage / "python/bin/python3"), "-m", "compileall", "-q", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash", str(stage / "python/lib"), str(stage / "app")]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pack(stage: Path, target: Path) -> None:
    payload = target.with_suffix(".payload")
    draft = target.with_suffix(".part")
    try:
        with payload.open("wb") as out:
            tar = ["tar", "-C", str(stage), "--owner=0", "--group=0", "--sort=name", "-cf", "-", "."]
            with subprocess.Popen(tar, stdout=subprocess.PIPE) as packing:
                subprocess.run(["gzip", "-6"], stdin=packing.stdout, stdout=out, check=True)
            if packing.returncode:
                raise OSError("tar failed")
        with payload.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        head = (
            (ROOT / "ops/bundle/head.sh")
            .read_text()
            .replace("@DIGEST@", digest)
            .replace("@VERSION@", release())
        )
        head = head.replace("@LINES@", str(head.count("\n") + 1)).replace("@MACHINE@", os.uname().machine)
        with draft.open("wb") as out, payload.open("rb") as stream:
            out.write(head.encode())
            shutil.copyfileobj(stream, out, 1024 * 1024)
        draft.chmod(0o755)
        draft.replace(target)
    finally:
        payload.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
