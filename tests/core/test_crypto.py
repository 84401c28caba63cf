"""Encryption of values: right key and right place open it, everything else says so."""

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.core import crypto
from mingbai.core.crypto import DamagedValue, ErasedKey, Keyring

RING = Keyring(b"m" * 32)
KEY = RING.new_key()


def test_sm3_is_the_standards_own() -> None:
    # GB/T 32905-2016, Annex A.1
    assert crypto.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_what_is_sealed_opens(text: str) -> None:
    blob = RING.seal(KEY, text, what="resident.phone")
    assert RING.unseal(KEY, blob, what="resident.phone") == text


@pytest.mark.parametrize("text", ["", "13812345678", "👨‍👩‍👧 😡", "字" * 350_000])
def test_edges_open_too(text: str) -> None:
    assert RING.unseal(KEY, RING.seal(KEY, text, what="x"), what="x") == text


def test_a_megabyte_of_a_file_opens() -> None:
    data = bytes(range(256)) * 4096
    assert RING.unseal_bytes(KEY, RING.seal_bytes(KEY, data, what="file"), what="file") == data


def test_the_same_text_never_looks_the_same_and_never_shows() -> None:
    one, two = (RING.seal(KEY, "13812345678", what="x") for _ in range(2))
    assert one != two
    assert b"1381234" not in one
    assert len(one) == 11 + 29


def test_a_value_opens_only_in_its_own_place() -> None:
    blob = RING.seal(KEY, "13812345678", what="resident.phone")
    with pytest.raises(DamagedValue):
        RING.unseal(KEY, blob, what="resident.id_number")


def test_a_value_opens_only_with_its_own_key() -> None:
    blob = RING.seal(KEY, "x", what="x")
    with pytest.raises(DamagedValue):
        RING.unseal(RING.new_key(), blob, what="x")


def test_a_key_opens_only_under_its_own_master() -> None:
    other = Keyring(b"n" * 32)
    with pytest.raises(DamagedValue):
        other.unseal(KEY, RING.seal(KEY, "x", what="x"), what="x")


@given(st.integers(0, 29 + 10), st.integers(1, 255))
def test_every_altered_byte_is_found(at: int, flip: int) -> None:
    blob = bytearray(RING.seal(KEY, "13812345678", what="x"))
    blob[at] ^= flip
    with pytest.raises(DamagedValue):
        RING.unseal(KEY, bytes(blob), what="x")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" + b"0" * 28, b"\x02" + b"0" * 40, b"hello"])
def test_what_was_never_sealed_is_damaged(blob: bytes) -> None:
    with pytest.raises(DamagedValue):
        RING.unseal(KEY, blob, what="x")


def test_an_erased_key_says_that_it_is_erased() -> None:
    blob = RING.seal(KEY, "x", what="x")
    with pytest.raises(ErasedKey):
        RING.unseal(b"", blob, what="x")
    with pytest.raises(ErasedKey):
        RING.seal(b"", "x", what="x")


def test_a_damaged_key_is_a_damaged_value() -> None:
    blob = RING.seal(KEY, "x", what="x")
    with pytest.raises(DamagedValue):
        RING.unseal(KEY[:-1] + bytes([KEY[-1] ^ 1]), blob, what="x")
    with pytest.raises(DamagedValue):
        RING.unseal(b"short", blob, what="x")


def test_memoryviews_of_postgresql_open() -> None:
    blob = RING.seal(KEY, "x", what="x")
    assert RING.unseal(memoryview(KEY), memoryview(blob), what="x") == "x"  # type: ignore[arg-type]


def test_keys_are_small_and_all_different() -> None:
    keys = {RING.new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {45}


def test_keyed_hash_finds_the_same_value_of_the_same_kind_only() -> None:
    found = RING.keyed_hash("13812345678", what="phone")
    assert found == RING.keyed_hash("13812345678", what="phone")
    assert len(found) == 32
    assert int(found, 16) >= 0
    assert found != RING.keyed_hash("13812345679", what="phone")
    assert found != RING.keyed_hash("13812345678", what="id_number")
    assert found != Keyring(b"n" * 32).keyed_hash("13812345678", what="phone")
    assert RING.keyed_hash("b", what="a") != RING.keyed_hash("", what="a\0b")


def test_hashes_and_keys_stay_the_same_from_version_to_version() -> None:
    """Data written today must open in ten years: these values may never change."""
    assert RING.keyed_hash("13812345678", what="phone") == "bb5184261680932d53131cbdccf885f4"
    assert crypto.key_check(b"m" * 32) == "985816fed1609ee7d04731c621d368ea"
    wrapped = bytes.fromhex(
        "01553fdd4e582a05efab44d5fcae2382b3f2e44d57e9ee8df6e96beed5e4f9a15e29d2ccdbcbe3c5b659024c09"
    )
    assert (
        RING.unseal(
            wrapped,
            bytes.fromhex("01d08270ad70969b34d4917c14a031e144361800249fa02907b3471d8d7b2caedce101d631b0"),
            what="resident.name",
        )
        == "王小明"
    )


def test_a_fingerprint_tells_masters_apart() -> None:
    assert crypto.key_check(b"m" * 32) != crypto.key_check(b"n" * 32)
    assert len(crypto.key_check(b"m" * 32)) == 32


def test_a_master_key_has_32_bytes() -> None:
    for length in (0, 16, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            Keyring(b"x" * length)


class Device(Keyring):
    """A stand-in for a certified device."""

    def keyed_hash(self, text: str, *, what: str) -> str:
        return "device"


def test_a_device_can_be_plugged_in() -> None:
    with override_settings(MINGBAI_CRYPTO=f"{__name__}.Device", MINGBAI_KEY=b"d" * 32):
        assert crypto.keyed_hash("x", what="x") == "device"
    assert crypto.keyed_hash("x", what="x") != "device"


def test_module_functions_use_the_key_of_the_settings() -> None:
    with override_settings(MINGBAI_KEY=b"a" * 32):
        key = crypto.new_key()
        blob = crypto.seal(key, "x", what="x")
        assert crypto.unseal(key, blob, what="x") == "x"
        data = crypto.seal_bytes(key, b"x", what="x")
        assert crypto.unseal_bytes(key, data, what="x") == b"x"
        assert crypto.keyring() is crypto.keyring()
    with override_settings(MINGBAI_KEY=b"b" * 32), pytest.raises(DamagedValue):
        crypto.unseal(key, blob, what="x")
