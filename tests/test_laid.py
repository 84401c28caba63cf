"""Rows laid again are those that the actions wrote."""

from typing import Any

import pytest
from django.db import models, transaction

from mingbai.core.actor import SYSTEM
from mingbai.people.models import User
from mingbai.places import actions as places
from mingbai.places.models import Region
from mingbai.places.rules.divisions import Division
from tests.laid import Laid, models_of_the_house, rows_of, values_of
from tests.people.factories import PASSWORD, make_user

CITY = "210400000000"


def build() -> None:
    places.found_city(by=SYSTEM, divisions=[Division(CITY, "抚顺市", "city", "", line=2)], source="test.csv")
    make_user("leader", region=Region.objects.get(pk=CITY), username="wang", name="王局长")


def everything() -> dict[type[models.Model], list[dict[str, Any]]]:
    return {model: [values_of(row) for row in rows_of(model)] for model in models_of_the_house()}


def rolled_back(laid: Laid) -> dict[type[models.Model], list[dict[str, Any]]]:
    with transaction.atomic():
        laid.lay()
        found = everything()
        assert User.objects.get().check_password(PASSWORD)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_what_is_laid_is_what_was_built() -> None:
    laid, before = Laid(build), everything()
    built = rolled_back(laid)
    assert everything() == before
    assert built != before
    assert rolled_back(laid) == built  # through the ORM
    assert rolled_back(laid) == built  # the same statements again


@pytest.mark.django_db
def test_what_a_test_added_of_its_own_is_not_kept() -> None:
    make_user(username="li")
    laid = Laid(lambda: None)
    laid.lay()
    assert (laid.added, laid.changed) == ({}, [])
