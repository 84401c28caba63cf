"""The first administrators of a city come from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.people import factories
from tests.people.factories import CITY

pytestmark = pytest.mark.django_db


def make(*words):
    out = StringIO()
    call_command("make_admin", *words, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_an_administrator_gets_a_role_and_a_password_to_be_changed():
    factories.make_town()
    password = make("li.na", "李娜", "--role", "system_admin", "--region", CITY)
    user = User.objects.get(username="li.na")
    assert user.check_password(password) and user.has_initial_password
    assert [(grant.role, grant.region_id) for grant in user.grants.all()] == [(RoleCode.SYSTEM_ADMIN, CITY)]


def test_without_the_city_nobody_is_made():
    with pytest.raises(CommandError, match="found_city"):
        make("li.na", "李娜", "--role", "audit_admin", "--region", "999999999999")
    assert not User.objects.exists()


def test_a_name_that_is_taken_leaves_the_first_one_alone():
    factories.make_town()
    make("li.na", "李娜", "--role", "system_admin", "--region", CITY)
    with pytest.raises(CommandError):
        make("li.na", "王强", "--role", "security_admin", "--region", CITY)
    assert User.objects.get().name == "李娜"
