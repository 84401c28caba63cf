"""Signed-in clients, parsed pages, and how a swap by htmx is told apart from a reload."""

import re
import time
from typing import Any

from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingbai.cases.models import Case
from mingbai.people.models import User

HTMX = {"HTTP_HX_REQUEST": "true"}


def signed_in(user: User) -> Client:
    """A browser of this user, second factor shown where the role asks for one."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session["seen_at"] = int(time.time())
    session.save()
    return client


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def words(response: Any) -> str:
    return soup(response).get_text(" ", strip=True)


def errors(response: Any) -> str:
    """The summary above the form, "" where nothing is wrong."""
    found = soup(response).select_one(".c-errors")
    return found.get_text(" ", strip=True) if found else ""


def url_of(case: Case, verb: str = "") -> str:
    return f"/desk/cases/{case.number}/{verb + '/' if verb else ''}"


def do(user: User, case: Case, verb: str, **data: Any) -> Any:
    """POST a verb, and follow to the page that it leads to."""
    return signed_in(user).post(url_of(case, verb), data, follow=True)


def article(response: Any) -> str:
    """The matter as it stands on the page, without what differs from request to request."""
    found = soup(response).select_one("#case")
    assert found is not None
    return re.sub(r'name="csrfmiddlewaretoken" type="hidden" value="\w+"|value="\w{64}"', "", str(found))


def queries(client: Client, url: str, **headers: str) -> int:
    """How many a page costs a session that was here a moment ago."""
    client.get(url, **headers)
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url, **headers)
    assert response.status_code == 200
    return len(seen)
