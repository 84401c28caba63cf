"""Hashes under two keys: equal, found, and made with the newest; without an exchange nothing is different."""

import pytest

from mingbai.cases.models import Resident
from mingbai.core.blind import HashField
from mingbai.core.crypto import DamagedValue, Hash, Keyring, hash_subkey
from tests.rotation import own_models

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_hash_equals_the_same_value_under_the_older_key():
    old, both = Keyring(OLD).keyed_hash("张三", what="x"), Keyring(NEW, (OLD,)).keyed_hash("张三", what="x")
    assert both == str(old) and str(old) == both and not both != str(old)
    assert str(both) == str(Keyring(NEW).keyed_hash("张三", what="x")) != str(old)
    assert both != str(Keyring(OLD).keyed_hash("李四", what="x"))
    assert Keyring(NEW).keyed_hash("张三", what="x") != str(old)


def test_of_a_key_that_is_gone_hashes_are_known_and_nothing_opens():
    after = Keyring(NEW, hashing=(hash_subkey(OLD),))
    assert after.keyed_hash("钥匙", what="k") == str(Keyring(OLD).keyed_hash("钥匙", what="k"))
    with pytest.raises(DamagedValue):
        after.seal(Keyring(OLD).new_key(), "x", what="y")


def test_the_newest_key_wraps_and_the_older_still_opens():
    old, both, new = Keyring(OLD), Keyring(NEW, (OLD,)), Keyring(NEW)
    key = old.new_key()
    blob = old.seal(key, "诉求", what="case.text")
    assert both.unseal(key, blob, what="case.text") == "诉求"
    moved = both.rewrapped(key)
    assert new.unseal(moved, blob, what="case.text") == "诉求" and both.rewrapped(moved) is moved
    with pytest.raises(DamagedValue):
        old.unseal(moved, blob, what="case.text")


@pytest.mark.parametrize("older", [(), (OLD,)])
def test_a_filter_asks_for_one_or_for_every_age(older):
    hashed = Keyring(NEW, older).keyed_hash("13812345678", what="resident.phone")
    sql, params = Resident.objects.filter(phone_hash=hashed).query.sql_with_params()
    assert list(params) == list(hashed.every) and ("IN (%s, %s)" in sql) is bool(older)


def test_plain_text_and_nothing_are_asked_for_as_always():
    assert Resident.objects.filter(phone_hash="ab").query.sql_with_params()[1] == ("ab",)
    assert Hash() == "" and not Hash() and Hash().every == ("",)


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_index_of_a_personal_value_can_be_made_again(model):
    """A new column of hashes must be in BLIND, or here: hashes of secrets that nobody keeps in clear."""
    secrets = {
        "PartnerKey.secret_hash",
        "ApiKey.secret_hash",
        "Slip.secret_hash",
        "KeptForm.token_hash",
        "Follower.openid_hash",
        "BindCode.code_hash",
        "Pass.sms_hash",
    }
    blind = set(getattr(model, "BLIND", {}))
    hashes = {each.name for each in model._meta.concrete_fields if isinstance(each, HashField)}
    once = {name for name in hashes if f"{model.__name__}.{name}" in secrets}
    assert hashes == blind | once
    assert not [
        attribute
        for attribute, _what in getattr(model, "BLIND", {}).values()
        if not hasattr(model, attribute)
    ]
