"""Headers of every page, and what every template may ask of the house."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from mingbai.web.access import public
from mingbai.web.context import house
from mingbai.web.headers import live_url, security_headers


def answer(response=None, view=None, **request):
    asked = RequestFactory().get("/", **request)
    if view:
        asked.resolver_match = type("Match", (), {"func": staticmethod(view)})()
    return security_headers(lambda _request: response or HttpResponse())(asked)


def test_nothing_of_others_is_loaded_framed_or_posted_to():
    policy = answer(SERVER_NAME="127.0.0.1").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; connect-src 'self' http://127.0.0.1:")
    assert "unsafe" not in policy
    for rule in ("frame-ancestors 'none'", "form-action 'self'", "object-src 'none'", "base-uri 'none'"):
        assert rule in policy


def test_a_view_keeps_the_headers_it_sets_itself():
    own = HttpResponse(
        headers={"Content-Security-Policy": "default-src 'none'", "Cache-Control": "max-age=60"}
    )
    kept = answer(own).headers
    assert (kept["Content-Security-Policy"], kept["Cache-Control"]) == ("default-src 'none'", "max-age=60")


def test_only_public_pages_may_come_back_from_the_browsers_memory():
    assert answer().headers["Cache-Control"] == "no-store"
    page = public(lambda request: HttpResponse())
    assert answer(view=page).headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001/live/"),
        ("localhost:8000", "http://localhost:8001/live/"),
        ("[::1]:8000", "http://[::1]:8001/live/"),
        ("evil.example", ""),
    ],
)
def test_the_stream_is_on_the_pages_own_host(settings, host, where):
    settings.LIVE_URL, settings.LIVE_PORT = "", 8001
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    assert live_url(RequestFactory().get("/", headers={"host": host})) == where


def test_a_host_that_is_none_has_no_stream_even_where_every_host_may(settings):
    settings.LIVE_URL, settings.ALLOWED_HOSTS = "", ["*"]
    assert live_url(RequestFactory().get("/", headers={"host": "[1:2:3:]"})) == ""


def test_behind_a_proxy_the_stream_is_an_address_of_the_same_origin(settings):
    request = RequestFactory().get("/")
    settings.BEHIND_TLS = True
    assert live_url(request) == "/live/"
    settings.LIVE_URL = "/stream/"
    assert live_url(request) == "/stream/"
    settings.LIVE_URL = "off"
    assert live_url(request) == ""


def test_a_page_of_a_refused_host_has_its_headers_too(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert response.headers["Content-Security-Policy"]


def test_a_resident_is_given_no_stream():
    given = house(RequestFactory().get("/"))
    assert given["live_url"]() == ""
    assert (given["hotline"], given["edition"], given["post"]()) == ("12348", "standard", "")


def test_the_elder_edition_is_remembered_by_a_cookie():
    request = RequestFactory().get("/")
    request.COOKIES["edition"] = "elder"
    assert house(request)["edition"] == "elder"
