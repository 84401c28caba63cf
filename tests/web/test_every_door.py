"""Every view of the house × nobody and every role: who has not the permission does not reach the view."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from mingbai.people.models import Grant
from mingbai.people.roles import ROLES, RoleCode
from tests.people import factories
from tests.people.factories import CITY

pytestmark = pytest.mark.django_db


def staff_views(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from staff_views(pattern)
        elif getattr(getattr(pattern.callback, "access", None), "kind", "") == "staff":
            yield pattern


def knock(rf, pattern, user, **session):
    """Call the view as this user; the arguments do not matter, since nobody here may come so far."""
    for ask in (rf.get, rf.post):
        request = ask("/somewhere/", HTTP_HOST="127.0.0.1")
        request.user, request.session = user, SessionStore()
        request.session.update(session)
        response = pattern.callback(request, **dict.fromkeys(pattern.pattern.converters, "0"))
        if response.status_code != 405:
            return response
    return response


def proven(user):
    """A session that has shown a second factor."""
    return {
        "account_authentication_methods": [{"method": "mfa", "at": 0}],
        "account_authentication_methods_user": str(user.pk),
    }


def test_there_are_doors():
    assert len(list(staff_views())) > 10


def test_nobody_gets_in_without_signing_in(rf):
    for pattern in staff_views():
        response = knock(rf, pattern, AnonymousUser())
        assert response.status_code == 302, pattern
        assert response.headers["Location"].startswith("/accounts/login/"), pattern


def test_a_locked_session_gets_no_further(rf):
    user = factories.make_user()
    for pattern in staff_views():
        if pattern.callback.access.while_locked:
            continue
        response = knock(rf, pattern, user, locked=True)
        assert response.headers["Location"].startswith("/accounts/unlock/"), pattern


@pytest.mark.parametrize("role", [*RoleCode.values, ""])
def test_no_role_enters_where_it_has_no_permission(rf, role):
    town = factories.make_town()
    user = factories.make_user(worker=factories.make_worker(town.stations[CITY]))
    if role:
        Grant.objects.create(user=user, role=role, region_id=CITY, valid_from=timezone.localdate())
    user = factories.fresh(user)
    allowed = ROLES[role].permissions if role else frozenset()
    for pattern in staff_views():
        asked = pattern.callback.access.permission
        if asked and asked not in allowed:
            with pytest.raises(PermissionDenied):
                knock(rf, pattern, user, **proven(user))
