"""The master key's place: environment, secret file, or the data folder; data without its key never starts."""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MASTER_BYTES = 32
DATABASE_NAME = "mingbai.sqlite3"
KEY_NAME = "key"
OTHERS = ".others"  # beside the key file: keys that read and do not write, a line each


class MissingKey(Exception):
    """There is no master key, and making a new one would lock the data out for ever."""


class BadKey(MissingKey):
    """A key is named, but it is unreadable, malformed, or open to others on this machine."""


@dataclass(frozen=True, slots=True)
class Keys:
    """`master` writes, `older` ones only read, `coming` writes next and is read already (several machines
    learn of it before the first of them writes); of masters that are gone, `hashing`: their subkeys of
    hashes, `boxes`: their seeds of phones' boxes."""

    master: bytes
    older: tuple[bytes, ...] = ()
    hashing: tuple[bytes, ...] = ()
    coming: tuple[bytes, ...] = ()
    boxes: tuple[bytes, ...] = ()

    @property
    def reading(self) -> tuple[bytes, ...]:
        return (*self.older, *self.coming)


def key_path(folder: Path, env: Mapping[str, str]) -> Path | None:
    """The file the master key comes from; None when the environment itself holds it."""
    if env.get("MINGBAI_KEY", "").strip():
        return None
    named = env.get("MINGBAI_KEY_FILE", "").strip()
    return Path(named) if named else folder / KEY_NAME


def others_of(path: Path) -> Path:
    return path.with_name(path.name + OTHERS)


def watched(path: Path, known: bytes) -> Keys:
    """The keys as the files hold them now, read again only when a file changed.

    A key file that was taken away after the start leaves what was known: the house goes on.
    """
    try:
        return _read_keys(path, _mark(path), _mark(others_of(path)))
    except OSError:
        return Keys(known)


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.name.endswith(OTHERS):
            return None
        raise
    return found.st_mtime_ns, found.st_ino, found.st_size


@lru_cache(maxsize=8)
def _read_keys(path: Path, _key: object, _others: object) -> Keys:
    """`_key` and `_others` tell one state of the files from the next."""
    # Rights were looked at when the house started; a secret of a container cannot have those of our own file.
    master, others = _decode(_read(path), str(path)), others_of(path)
    lines = [line.split() for line in others.read_text().splitlines()] if others.exists() else []
    values = [(words[0], base64.b64decode(words[1])) for words in lines if len(words) == 2]
    older = tuple(value for kind, value in values if kind == "key" and value != master)
    hashing = tuple(value for kind, value in values if kind == "hash")
    coming = tuple(value for kind, value in values if kind == "next" and value != master)
    boxes = tuple(value for kind, value in values if kind == "box")
    return Keys(master, older, hashing, coming, boxes)


def write_keys(path: Path, keys: Keys) -> None:
    """Put these keys in place, so that a reader at any moment, or after a kill, can read everything.

    First the others with every key of before and after, then the master, then the others as they shall be.
    """
    before = _read_keys(path, _mark(path), _mark(others_of(path)))
    # Until it writes, the next master is only coming: begun again, the same one is taken.
    coming = (keys.master,) if keys.master != before.master else keys.coming
    older = (before.master, *before.older, *keys.older)
    between = Keys(keys.master, older, (*before.hashing, *keys.hashing), coming, (*before.boxes, *keys.boxes))
    _put(others_of(path), _lines(between))
    if keys.master != before.master:
        _put(path, base64.b64encode(keys.master) + b"\n")
    _put(others_of(path), _lines(keys))


def _lines(keys: Keys) -> bytes:
    lines = [("key", each) for each in dict.fromkeys(keys.older)]
    lines += [("hash", each) for each in dict.fromkeys(keys.hashing)]
    lines += [("next", each) for each in keys.coming]
    lines += [("box", each) for each in dict.fromkeys(keys.boxes)]
    return b"".join(f"{kind} ".encode() + base64.b64encode(value) + b"\n" for kind, value in lines)


def _put(path: Path, content: bytes) -> None:
    """Durably, in place of what was there, for the owner of the key alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.parent.stat().st_uid != os.geteuid():
        os.chown(draft, path.parent.stat().st_uid, -1)  # root, where the house's user reads it
    draft.replace(path)
    _sync_folder(path.parent)


def load_or_make_key(folder: Path, env: Mapping[str, str]) -> bytes:
    """Return the master key; an empty data folder gets a new one. Raises MissingKey, BadKey."""
    return load_key(folder, env, make=True)


def load_key(folder: Path, env: Mapping[str, str], make: bool) -> bytes:
    """Return the 32-byte master key: MINGBAI_KEY, else MINGBAI_KEY_FILE, else `folder/key`.

    A key is made only where `make` is true and the folder holds no data. Raises MissingKey, BadKey.
    """
    if text := env.get("MINGBAI_KEY", "").strip():
        return _decode(text.encode(), "MINGBAI_KEY")
    if named := env.get("MINGBAI_KEY_FILE", "").strip():
        return _decode(_read(Path(named)), "MINGBAI_KEY_FILE")
    path = folder / KEY_NAME
    if path.exists():
        return _read_own(path)
    if make and not holds_data(folder):
        return _make(path)
    raise MissingKey(
        f"没有找到主密钥 {path}。已有的数据只能用原来的密钥打开：请从备份取回 key 文件，"
        f"或设置 MINGBAI_KEY / MINGBAI_KEY_FILE。 No master key at {path}: existing data opens only "
        "with the key it was written with; bring the key file back from the backup, or set MINGBAI_KEY "
        "or MINGBAI_KEY_FILE."
    )


def holds_data(folder: Path) -> bool:
    """True when the folder has a database that is not empty."""
    database = folder / DATABASE_NAME
    return database.exists() and database.stat().st_size > 0


def _read_own(path: Path) -> bytes:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadKey(
            f"主密钥 {path} 的权限太宽，别的用户能读到，请先执行 chmod 600 {path}。 "
            f"The master key {path} can be read by others; run: chmod 600 {path}"
        )
    return _decode(_read(path), str(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadKey(
            f"主密钥文件读不出来：{path}。 Cannot read the key file {path}: {error.strerror}"
        ) from error


def _decode(raw: bytes, where: str) -> bytes:
    """Take 64 hex characters (typed from the sheet: in groups), base64, or the 32 bytes themselves."""
    text = raw.strip()
    if re.fullmatch(rb"[0-9a-fA-F]{64}", typed := re.sub(rb"\s+", b"", text)):
        return bytes.fromhex(typed.decode())
    if len(raw) == MASTER_BYTES:
        return raw
    try:
        key = base64.b64decode(text.replace(b"-", b"+").replace(b"_", b"/"), validate=True)
    except binascii.Error:
        key = b""
    if len(key) == MASTER_BYTES:
        return key
    raise BadKey(
        f"{where} 不是 32 字节的密钥（应为 base64 或十六进制）。 "
        f"{where} is not a key of 32 bytes in base64 or hex."
    )


def _make(path: Path) -> bytes:
    """Write a new key durably. Of two processes that start at once, both end with the first one's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(MASTER_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)
    return _read_own(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
