"""One backup file: a plain tar of head, database, files, and an end that proves all before it.

`head.json` says what it is and under which key it was written; `end.json` counts, and bears a keyed digest of
every byte of every member. A cut file has no end, a damaged or forged one another digest. Any `tar` lists it.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused

FORMAT = 1
HEAD, DATABASE, END = "head.json", "database", "end.json"
FOLDERS = ("files", "models")
"""Folders below MINGBAI_DATA that belong to a backup. The key is never among them."""
_MEMBER = re.compile(rf"(?:{DATABASE}|(?:{'|'.join(FOLDERS)})(?:/[A-Za-z0-9][\w.-]*)+)")
_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_CHUNK = 1024 * 1024
_MOST_JSON = 4 * 1024 * 1024


@dataclass(slots=True)
class Tally:
    """What went through: names, sizes and bytes of all members in one digest."""

    members: int = 0
    size: int = 0
    digest: Any = field(default_factory=sha256)

    def begin(self, name: str, size: int) -> None:
        self.members += 1
        self.size += size
        self.digest.update(f"{name}\0{size}\0".encode())


class _Counted:
    """A file that is read through the digest."""

    def __init__(self, stream: IO[bytes], tally: Tally) -> None:
        self.stream, self.tally = stream, tally

    def read(self, size: int = -1) -> bytes:
        block = self.stream.read(size)
        self.tally.digest.update(block)
        return block


@dataclass(slots=True)
class Writing:
    """A backup that is being written; `end` closes the proof."""

    tar: tarfile.TarFile
    tally: Tally = field(default_factory=Tally)

    def add_json(self, name: str, value: dict[str, Any]) -> None:
        blob = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
        self.tally.begin(name, len(blob))
        self.tally.digest.update(blob)
        self._put(name, len(blob), blob)

    def add_file(self, name: str, path: Path) -> bool:
        """False when it is gone: between snapshot and copy somebody may have erased a person."""
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            return False
        with stream:
            size = os.fstat(stream.fileno()).st_size
            self.tally.begin(name, size)
            self.tar.addfile(_member(name, size), _Counted(stream, self.tally))
            _forget_members(self.tar)
        return True

    def end(self, value: dict[str, Any]) -> None:
        proof = seal_of(self.tally, value)
        told = {**value, "members": self.tally.members, "bytes": self.tally.size, "proof": proof}
        blob = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()
        self._put(END, len(blob), blob)

    def _put(self, name: str, size: int, blob: bytes) -> None:
        self.tar.addfile(_member(name, size), BytesIO(blob))


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _forget_members(tar: tarfile.TarFile) -> None:
    """tarfile remembers all it saw: a city's files would fill the memory."""
    tar.members.clear()  # type: ignore[attr-defined]


def seal_of(tally: Tally, end: dict[str, Any]) -> str:
    """HMAC-SM3 under the master key: who has no key can neither make nor alter a backup unseen."""
    told = json.dumps(end, ensure_ascii=False, sort_keys=True)
    return keyed_hash(f"{tally.members}|{tally.size}|{tally.digest.hexdigest()}|{told}", what="backup")


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """Write beside the target and put it in place whole and synced; whatever fails leaves no draft."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writing(tar)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def is_full(error: Exception) -> bool:
    """No space, no quota, or a limit on the size of a file; SQLite says it with codes of its own."""
    code = getattr(error, "sqlite_errorcode", None)
    return getattr(error, "errno", None) in _FULL or code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ── reading ──

Keep = Callable[[str], Path | None]
"""Where a member goes; None: it is only proven."""


def foreign() -> Refused:
    return Refused("这不是明白的备份文件，什么也没有改动。", code="not_a_backup")


def damaged(why: str) -> Refused:
    return Refused(
        f"备份文件不完整或已损坏（{why}），什么也没有改动。",
        code="damaged",
        do="请换另一份备份：manage.py restore 文件 --check 可以先核对。",
    )


def read_head(file: Path) -> dict[str, Any]:
    """What a backup says of itself, unproven. Raises Refused "not_a_backup", "damaged"."""
    with _opened(file) as tar:
        return _head(tar)


def read(file: Path, *, keep: Keep, accept: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Prove the file in one pass, writing members where `keep` says; return its end.

    `accept` sees the head before anything is written, and raises Refused for what does not belong here.
    """
    tally = Tally()
    with _opened(file) as tar:
        head = _head(tar, tally)
        accept(head)
        while info := tar.next():
            _forget_members(tar)
            if info.name == END:
                return head | _end(tar, info, tally)
            if not (info.isreg() and _MEMBER.fullmatch(info.name)):
                raise damaged(f"不该有的内容 {info.name[:80]}")
            _take(tar, info, tally, keep(info.name))
    raise damaged("没有结尾，可能没有复制完")


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r|") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise damaged("读到一半读不下去") from error
    except FileNotFoundError:
        raise Refused(f"没有这个文件：{file}", code="no_file") from None
    except (IsADirectoryError, PermissionError) as error:
        raise Refused(f"文件读不出来：{file}（{error.strerror}）", code="no_file") from None


def _head(tar: tarfile.TarFile, tally: Tally | None = None) -> dict[str, Any]:
    info = tar.next()
    if info is None or info.name != HEAD or not info.isreg():
        raise foreign()
    head = _json(tar, info, tally)
    if "mingbai" not in head:
        raise foreign()
    if head["mingbai"] != FORMAT:
        raise Refused("这份备份是更新的版本做的，请先升级。", code="newer_format")
    return head


def _end(tar: tarfile.TarFile, info: tarfile.TarInfo, tally: Tally) -> dict[str, Any]:
    told = _json(tar, info, None)
    value = {name: told[name] for name in told.keys() - {"members", "bytes", "proof"}}
    counted = (tally.members, tally.size, seal_of(tally, value))
    if counted != (told.get("members"), told.get("bytes"), told.get("proof")):
        raise damaged("内容与结尾的校验值不符")
    return told


def _json(tar: tarfile.TarFile, info: tarfile.TarInfo, tally: Tally | None) -> dict[str, Any]:
    stream = tar.extractfile(info)
    blob = stream.read() if stream and info.size <= _MOST_JSON else b""
    if tally:
        tally.begin(info.name, info.size)
        tally.digest.update(blob)
    try:
        value = json.loads(blob)
    except ValueError:
        raise damaged(f"{info.name} 读不懂") from None
    if not isinstance(value, dict):
        raise damaged(f"{info.name} 读不懂")
    return value


def _take(tar: tarfile.TarFile, info: tarfile.TarInfo, tally: Tally, to: Path | None) -> None:
    stream = tar.extractfile(info)
    if stream is None:
        raise damaged(f"{info.name} 读不出来")
    tally.begin(info.name, info.size)
    counted = _Counted(stream, tally)
    if to is None:
        while counted.read(_CHUNK):
            pass
        return
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := counted.read(_CHUNK):
            out.write(block)
