"""The live stream: who hears what, who is refused, and when it ends."""

import asyncio
import time
from contextlib import suppress

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.journal import actions as journal
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.web.live import hub as hubs
from mingbai.web.live import news, stream
from mingbai.web.live.news import Listener, News, known_now, listener_of, news_after
from tests.people.factories import NORTH, SOUTH, TOWN, make_clerk, make_town, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(hubs, "POLL", 0.01)
    monkeypatch.setattr(stream, "hub", hubs.Hub())


def signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def clerk(town, region=NORTH, name="alice"):
    return make_clerk(town.stations[region], name, name)


def happened(place=NORTH, chain="case:2611234567894", verb="case.opened", **data):
    with transaction.atomic():
        return journal.write(chain=chain, verb=verb, by=SYSTEM, place=place, data=data)


class Page:
    """A browser's end of the stream."""

    def __init__(self, session="", method="GET", path="/live/", **headers):
        headers = {"host": "127.0.0.1:8001", "cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} | headers
        named = [(name.encode(), value.encode()) for name, value in headers.items() if value]
        self.scope = {"type": "http", "path": path, "method": method, "headers": named}
        self.gone = asyncio.Event()
        self.status, self.headers, self.text, self.is_over = 0, {}, "", False

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message["body"].decode()
            self.is_over = not message.get("more_body")

    async def until(self, true, seconds=5):
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, self.text
            await asyncio.sleep(0.01)

    def run(self, *steps):
        """Open the page, take the steps one after another, close it."""
        stream.hub = hubs.Hub()  # one event loop, one hub

        async def whole():
            task = asyncio.create_task(stream.application(self.scope, self.receive, self.send))
            try:
                await self.until(lambda: task.done() or (self.text and stream.hub.last >= 0))
                for step in steps:
                    await step(self)
            finally:
                self.gone.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(task, 5)
                if stream.hub.poll:
                    await asyncio.wait_for(stream.hub.poll, 5)

        async_to_sync(whole)()
        return self


def test_twenty_displays_of_a_hall_hear_a_call_at_once_and_nothing_of_matters(town, monkeypatch):
    monkeypatch.setattr(hubs, "POLL", 1.0)  # as in the house: the display's own pace must do
    stream.hub = hubs.Hub()
    pages = [Page(path=f"/live/hall/{NORTH}/") for _n in range(20)]

    async def whole():
        tasks = [
            asyncio.create_task(stream.application(page.scope, page.receive, page.send)) for page in pages
        ]
        try:
            for page in pages:
                await page.until(lambda page=page: page.text and stream.hub.last >= 0)
            await hubs.in_database(lambda: happened(NORTH))
            await hubs.in_database(lambda: happened(SOUTH, chain="visit:1", verb="visit.called"))
            await asyncio.sleep(0.5)
            assert not any("data:" in page.text for page in pages), "matters, or another hall"
            await hubs.in_database(lambda: happened(NORTH, chain="visit:2", verb="visit.called"))
            begun = time.monotonic()
            for page in pages:
                await page.until(lambda page=page: "data:" in page.text)
            return time.monotonic() - begun
        finally:
            for page in pages:
                page.gone.set()
            await asyncio.wait(tasks, timeout=5)
            if stream.hub.poll:
                await asyncio.wait_for(stream.hub.poll, 5)

    took = async_to_sync(whole)()
    print(f"20 displays heard a call within {took * 1000:.0f} ms")
    assert took <= 0.5


@pytest.mark.parametrize("path", ["/live/hall/999/", "/live/hall/", "/live/hall/a%20b/", "/live/hall/a/b/"])
def test_a_hall_that_is_none_has_no_stream(town, path):
    assert Page(path=path).run().status in (401, 404)


def write(*places, **more):
    async def step(page):
        for place in places:
            await hubs.in_database(lambda place=place: happened(place, **more))

    return step


def hears(text):
    return lambda page: page.until(lambda: text in page.text)


async def a_while(page):
    await asyncio.sleep(0.15)


def over(page):
    return page.until(lambda: page.is_over)


def test_a_desk_hears_of_its_own_station_without_any_content(town):
    page = Page(signed_in(clerk(town))).run(write(NORTH, why="张三"), hears("data: case-2611234567894\n\n"))
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/event-stream")
    assert "张三" not in page.text


def test_a_desk_hears_nothing_of_another_county(town):
    page = Page(signed_in(clerk(town))).run(write(SOUTH), a_while)
    assert "data:" not in page.text


def test_a_supervisor_hears_of_every_station_below(town):
    user = make_user(RoleCode.LEADER, region=town.regions[NORTH])
    page = Page(signed_in(user)).run(write(TOWN), hears("data: case-"))
    assert page.text.count("data:") == 1


def test_the_station_a_matter_is_offered_to_hears_of_it(town):
    Page(signed_in(clerk(town, SOUTH))).run(write(NORTH, taker=SOUTH), hears("data: case-"))


def test_what_is_no_matter_is_told_as_work(town):
    Page(signed_in(clerk(town))).run(write(NORTH, chain=f"station:{NORTH}"), hears("data: work\n\n"))


def test_a_flood_is_told_as_one_word(town):
    async def flood(page):
        def many():
            for number in range(40):
                happened(NORTH, chain=f"case:{number}")

        await hubs.in_database(many)

    page = Page(signed_in(clerk(town))).run(flood, hears("data: work\n\n"), a_while)
    assert page.text.count("data:") <= 2


def test_a_look_makes_no_page_refresh(town):
    page = Page(signed_in(clerk(town))).run(write(NORTH, verb="case.person_shown"), a_while)
    assert "data:" not in page.text


def test_heartbeats_keep_the_way_open(town, monkeypatch):
    monkeypatch.setattr(stream, "HEARTBEAT", 0.02)
    Page(signed_in(clerk(town))).run(hears(":\n\n"))


@pytest.mark.parametrize("session", ["", "nobody-has-this-one"])
def test_a_stranger_is_refused(town, session):
    assert Page(session).run().status == 401


def test_a_locked_session_is_refused(town):
    client = Client()
    client.force_login(clerk(town))
    session = client.session
    session["locked"] = True
    session.save()
    assert Page(session.session_key).run().status == 401


def test_a_role_with_a_second_factor_is_refused_without_it(town):
    user = make_user(RoleCode.SUPERVISOR, region=town.regions[NORTH])
    assert Page(signed_in(user)).run().status == 401


def test_the_page_must_be_of_the_same_host_whatever_its_port(town):
    session = signed_in(clerk(town))
    page = Page(session, origin="http://127.0.0.1:8000").run()
    assert page.headers["access-control-allow-origin"] == "http://127.0.0.1:8000"
    assert page.headers["access-control-allow-credentials"] == "true"
    for origin in ("http://evil.example", "http://localhost:8000", "null", "http://[::1"):
        assert Page(session, origin=origin).run().status == 403
    assert Page(session, host="evil.example", origin="http://evil.example").run().status == 403


def test_other_addresses_and_methods_are_not_there(town):
    assert Page(method="POST").run().status == 404
    assert Page(path="/desk/").run().status == 404
    assert Page(path="/healthz").run().status == 200


def test_there_is_room_for_so_many_pages_only(town, monkeypatch):
    monkeypatch.setattr(hubs, "MOST_STREAMS", 0)
    assert Page(signed_in(clerk(town))).run().status == 503


def test_the_stream_ends_with_the_sign_out(town):
    user = clerk(town)
    client = Client()
    client.force_login(user)

    async def sign_out(page):
        await hubs.in_database(client.session.flush)
        await hubs.in_database(lambda: happened("", chain=f"user:{user.pk}", verb="user.signed_out"))

    page = Page(client.session.session_key).run(sign_out, over)
    assert page.is_over
    assert stream.hub.count == 0


def test_rights_are_asked_again_each_minute(town, monkeypatch):
    monkeypatch.setattr(hubs, "CHECK_EVERY", 0.05)
    user = clerk(town)

    async def deactivate(page):
        await hubs.in_database(lambda: User.objects.filter(pk=user.pk).update(is_active=False))

    assert Page(signed_in(user)).run(deactivate, over).is_over


def test_a_new_grant_is_heard_at_once(town):
    user = make_user(RoleCode.LEADER, region=town.regions[NORTH])

    async def granted(page):
        def grant():
            user.grants.update(region=town.regions[SOUTH])
            happened("", chain=f"user:{user.pk}", verb="user.granted")

        await hubs.in_database(grant)

    Page(signed_in(user)).run(granted, hears("data: work"), write(SOUTH), hears("data: case-"))


def test_a_slow_page_is_dropped(town, monkeypatch):
    monkeypatch.setattr(stream, "SLOWEST", 0.05)
    page = Page(signed_in(clerk(town)))
    quick_send = page.send

    async def slow_send(message):
        await quick_send(message)
        if message.get("more_body"):
            await asyncio.sleep(60)

    page.send = slow_send
    page.run(lambda page: page.until(lambda: stream.hub.count == 0))


def test_a_database_that_is_away_for_a_moment_ends_no_stream(town, monkeypatch):
    from django.db import OperationalError

    answers = iter([OperationalError("away")])
    asked = news.news_after

    def sometimes(*args):
        for error in answers:
            raise error
        return asked(*args)

    monkeypatch.setattr(news, "news_after", sometimes)
    Page(signed_in(clerk(town))).run(a_while, write(NORTH), hears("data: case-"))


def test_only_what_concerns_a_listener_is_heard():
    listener = Listener(1, frozenset({NORTH, "W1"}), frozenset({"case:1"}))
    assert listener.hears(News(1, "case:2", frozenset({NORTH})))
    assert listener.hears(News(1, "case:2", frozenset({SOUTH, "W1"})))
    assert listener.hears(News(1, "case:1", frozenset({SOUTH})))
    assert not listener.hears(News(1, "case:2", frozenset({SOUTH})))


def test_entries_that_are_known_are_not_told_again(town):
    first = happened(NORTH)
    last, known = known_now()
    assert last == first.pk and news_after(last, known) == []
    second = happened(NORTH)
    assert [one.id for one in news_after(last, known)] == [second.pk]


def test_an_entry_committed_late_under_a_lower_id_is_heard_on_postgresql(town):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: ids are committed in their order")
    late, early = happened(NORTH), happened(NORTH)
    _last, known = known_now()
    assert [one.id for one in news_after(early.pk, known - {late.pk})] == [late.pk]


def test_a_worker_who_sees_only_their_own_hears_by_their_code(town):
    user = make_clerk(town.stations[NORTH], "lawyer", "律师", role=RoleCode.PRACTITIONER)
    listener = listener_of(signed_in(user))
    assert user.worker.code in listener.codes
    assert NORTH not in listener.codes
