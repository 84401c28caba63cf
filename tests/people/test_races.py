"""Two at the same moment: slips, tries and administrators."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.models import Brake, Grant, Slip
from mingbai.people.roles import RoleCode
from tests.people import factories
from tests.people.factories import CITY, NORTH

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at once, each on a connection of its own; refused ones give their code."""
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[n] = call()
        except Refused as refused:
            results[n] = refused.code
        except Exception as error:  # shown by the assertion
            results[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_slip_is_spent_once():
    town = factories.make_town()
    user = factories.make_user("station_worker", station=town.stations[NORTH])
    _slip, secret = actions.make_slip(by=SYSTEM, user=user)
    results = together(*[lambda: actions.use_slip(by=SYSTEM, secret=secret)] * 4)
    assert sorted(map(str, results)) == sorted([str(user), *["slip_used"] * 3])
    assert Slip.objects.get().used_at


def test_no_more_than_five_tries_get_through_at_once():
    results = together(*[lambda: actions.take_try(by=SYSTEM, what="password", subject="alice")] * 8)
    assert results.count("locked") == 3, results
    assert sorted(one.count for one in results if one != "locked") == [1, 2, 3, 4, 5]
    assert Brake.objects.get().tries == 5


def test_two_grants_at_once_do_not_make_two_administrators():
    town = factories.make_town()
    user, city = factories.make_user(), town.regions[CITY]
    roles = (RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN)
    results = together(
        *[lambda r=role: actions.grant(by=SYSTEM, user=user, role=r, region=city).role for role in roles]
    )
    assert results.count("admins_separate") == 2, results
    assert Grant.objects.count() == 1


def test_two_unknown_names_at_once_are_both_written():
    calls = [lambda: actions.note_failure(by=SYSTEM, user=None, what="password")] * 2
    assert together(*calls) == [None, None]
