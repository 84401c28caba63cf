"""Sealed attributes: in clear for the code, encrypted in the column, gone with the key."""

import pytest

from mingbai.core import crypto
from mingbai.core.crypto import DamagedValue, ErasedKey
from mingbai.core.sealed import Sealed


class Person:
    name = Sealed("name_sealed")
    phone = Sealed("phone_sealed")

    def __init__(self) -> None:
        self.key = crypto.new_key()
        self.name_sealed = b""
        self.phone_sealed = b""


class Letter:
    text = Sealed("text_sealed", key="person.key")

    def __init__(self, person: Person) -> None:
        self.person = person
        self.text_sealed = b""


def test_what_is_set_is_read_and_only_the_column_holds_it() -> None:
    person = Person()
    person.name = "王小明😀"
    assert person.name == "王小明😀"
    assert person.name_sealed
    assert "王".encode() not in person.name_sealed
    assert "name" not in vars(person)


def test_nothing_stored_reads_as_empty() -> None:
    person = Person()
    assert person.phone == ""
    person.phone = "1"
    person.phone = ""
    assert person.phone_sealed == b""
    person.phone = None
    assert person.phone == ""


def test_an_erased_person_reads_as_empty_and_takes_nothing_new() -> None:
    person = Person()
    person.name = "王小明"
    person.key = b""
    assert person.name == ""
    with pytest.raises(ErasedKey):
        person.name = "李四"
    person.name = ""  # clearing is always possible
    assert person.name_sealed == b""


def test_a_value_copied_to_another_column_or_person_does_not_open() -> None:
    person, other = Person(), Person()
    person.name = "王小明"
    person.phone_sealed = person.name_sealed
    other.name_sealed = person.name_sealed
    with pytest.raises(DamagedValue):
        _ = person.phone
    with pytest.raises(DamagedValue):
        _ = other.name


def test_memoryviews_of_postgresql_are_read() -> None:
    person = Person()
    person.name = "王小明"
    person.key, person.name_sealed = memoryview(person.key), memoryview(person.name_sealed)  # type: ignore[assignment]
    assert person.name == "王小明"


def test_a_row_may_lie_under_another_rows_key() -> None:
    person = Person()
    letter = Letter(person)
    letter.text = "内容"
    assert letter.text == "内容"
    person.key = b""
    assert letter.text == ""


def test_it_is_a_property_for_django() -> None:
    assert isinstance(vars(Person)["name"], property)
    assert isinstance(Person.name, Sealed)
    assert Person.name.what == "person.name"


def test_a_model_takes_it_as_a_keyword() -> None:
    from mingbai.cases.models import Resident

    resident = Resident(name="王小明", phone="13812345678")
    assert resident.name == "王小明"
    assert b"138" not in bytes(resident.phone_sealed)
