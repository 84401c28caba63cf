"""The master key's place: made once on an empty folder, never beside data that another key wrote."""

import base64
import threading
from pathlib import Path

import pytest

from mingbai.core.crypto import BadKey, MissingKey, load_key, load_or_make_key
from mingbai.core.keyfile import watched

RAW = bytes(range(32))


def test_an_empty_folder_gets_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = load_or_make_key(folder, {})
    assert len(key) == 32
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["key"]
    assert load_or_make_key(folder, {}) == key == load_key(folder, {}, make=False)


def test_no_key_is_made_unless_asked(tmp_path: Path) -> None:
    with pytest.raises(MissingKey, match="主密钥.*No master key"):
        load_key(tmp_path, {}, make=False)
    assert not list(tmp_path.iterdir())


def test_data_without_its_key_never_starts(tmp_path: Path) -> None:
    (tmp_path / "mingbai.sqlite3").write_bytes(b"data")
    with pytest.raises(MissingKey):
        load_key(tmp_path, {}, make=True)
    assert not (tmp_path / "key").exists()


def test_an_empty_database_file_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "mingbai.sqlite3").touch()
    assert len(load_key(tmp_path, {}, make=True)) == 32


@pytest.mark.parametrize(
    "text",
    [
        RAW.hex(),
        RAW.hex().upper(),
        base64.b64encode(RAW).decode(),
        base64.urlsafe_b64encode(RAW).decode() + "\n",
        f"  {RAW.hex()}  ",
    ],
)
def test_the_environment_wins_and_writes_nothing(tmp_path: Path, text: str) -> None:
    assert load_key(tmp_path, {"MINGBAI_KEY": text}, make=True) == RAW
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [RAW, RAW.hex().encode() + b"\n", base64.b64encode(RAW)])
def test_a_secret_file_may_hold_bytes_or_text(tmp_path: Path, content: bytes) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(content)
    assert load_key(tmp_path, {"MINGBAI_KEY_FILE": str(secret)}, make=False) == RAW


@pytest.mark.parametrize(
    "text", ["x", RAW.hex()[:-2], "A" * 45, base64.b64encode(RAW[:16]).decode(), "密" * 32]
)
def test_a_malformed_key_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadKey, match="MINGBAI_KEY"):
        load_key(tmp_path, {"MINGBAI_KEY": text}, make=True)


def test_a_secret_file_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="nowhere"):
        load_key(tmp_path, {"MINGBAI_KEY_FILE": str(tmp_path / "nowhere")}, make=True)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    load_or_make_key(tmp_path, {})
    (tmp_path / "key").chmod(mode)
    with pytest.raises(BadKey, match="chmod 600"):
        load_key(tmp_path, {}, make=True)


def test_two_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(load_or_make_key(tmp_path, {}))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_secret_of_a_container_may_be_read_by_the_one_who_runs_in_it(tmp_path: Path):
    """Docker mounts it with rights of its own: root's file, readable, in a folder nobody else enters."""
    secret = tmp_path / "secret"
    secret.write_bytes(base64.b64encode(bytes(range(32))) + b"\n")
    secret.chmod(0o444)
    env = {"MINGBAI_KEY_FILE": str(secret)}
    assert load_key(tmp_path / "data", env, make=False) == bytes(range(32))
    assert watched(secret, b"").master == bytes(range(32)), "and while the house runs"
