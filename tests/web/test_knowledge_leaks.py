"""Everywhere that content shows × everything unpublished: none of it appears, and what is published does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.knowledge import actions
from mingbai.knowledge.models import Answer, Guide
from tests.cases.factories import City, make_case, make_city
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import HTMX, signed_in

WORDS = "紫荆花苑的井盖坏了谁来管"
SECRET = "只有审核的人看得到的白鹭湖"
"""In the answer's own text, which no question holds."""


def proposed() -> Answer:
    return knowledge.make_answer(WORDS, SECRET, publish=False)


def declined() -> Answer:
    return actions.decline_answer(by=knowledge.make_lawyer().actor, answer=proposed(), reason="不准确")


def withdrawn_answer() -> Answer:
    answer = knowledge.make_answer(WORDS, SECRET)
    return actions.withdraw_answer(by=knowledge.make_lawyer().actor, answer=answer, reason="法律改了")


def ended() -> Answer:
    """Its last day was yesterday, and the nightly round has not run yet."""
    answer = knowledge.make_answer(WORDS, SECRET)
    Answer.objects.filter(pk=answer.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    actions.rebuild_search(by=SYSTEM)
    return answer


def forgotten() -> Answer:
    answer = proposed()
    actions.forget_proposals(by=SYSTEM, now=timezone.now() + timedelta(days=4000))
    return answer


def draft() -> Guide:
    return knowledge.make_guide(WORDS, publish=False, texts={"steps": SECRET})


def withdrawn_guide() -> Guide:
    guide = knowledge.make_guide(WORDS, texts={"steps": SECRET})
    return actions.withdraw_guide(by=SYSTEM, guide=guide, reason="不办了")


UNPUBLISHED = (proposed, declined, withdrawn_answer, ended, forgotten, draft, withdrawn_guide)
AS_RESIDENT: dict[str, Callable[[Client], Any]] = {
    "find": lambda client: client.post("/find/", {"q": WORDS}),
    "find, typing": lambda client: client.post("/find/", {"q": WORDS[:-1]}, **HTMX),
    "find, answers": lambda client: client.post("/find/", {"q": WORDS, "kind": "answer"}),
    "find, guides": lambda client: client.post("/find/", {"q": WORDS, "kind": "guide"}),
    "ask": lambda client: client.post("/find/alike/", {"text": WORDS}),
    "kiosk": lambda client: client.post("/kiosk/find/", {"q": WORDS}),
    "kiosk, typing": lambda client: client.post("/kiosk/find/", {"q": WORDS[:-1]}, **HTMX),
    "kiosk, line": lambda client: client.get("/kiosk/line/legal_aid/"),
    "home": lambda client: client.get("/"),
    "API": lambda client: client.get("/api/v1/search", {"q": WORDS}),
}
AS_CLERK: dict[str, Callable[[Client], Any]] = {
    "desk": lambda client: client.post("/desk/knowledge/", {"q": WORDS}),
    "desk, typing": lambda client: client.post("/desk/knowledge/", {"q": WORDS[:-1]}, **HTMX),
    "while it is taken down": lambda client: client.post("/desk/new/useful/", {"text": WORDS}),
}


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def clerk(city: City) -> Client:
    return signed_in(city.bob)


def shown(client: Client, surfaces: dict[str, Callable[[Client], Any]], kind: str, pk: int) -> list[str]:
    """The surfaces that show it: its own words, or a way to it. (All of them repeat the question asked.)"""
    found = []
    for name, ask in surfaces.items():
        answer = ask(client)
        assert answer.status_code == 200, name
        page = answer.content.decode().replace("<mark>", "").replace("</mark>", "")
        rows = answer.json() if name == "API" else []
        is_row = any((row["kind"], row["ref"]) == (kind, str(pk)) for row in rows)
        if SECRET in page or f"/find/{kind}/{pk}/" in page or is_row:
            found.append(name)
    return found


@pytest.mark.parametrize("make", UNPUBLISHED, ids=lambda make: make.__name__)
def test_what_is_not_published_shows_nowhere(city: City, clerk: Client, make: Callable[[], Any]):
    one = make()
    kind = "guide" if isinstance(one, Guide) else "answer"
    assert shown(Client(), AS_RESIDENT, kind, one.pk) == []
    assert shown(clerk, AS_CLERK, kind, one.pk) == []
    for place in ("/find", "/kiosk/find"):
        for client in (Client(), clerk):
            assert client.get(f"{place}/{kind}/{one.pk}/").status_code == 404
    case = make_case(text=WORDS)
    beside = signed_in(city.alice).get(f"/desk/cases/{case.number}/beside/").content.decode()
    assert SECRET not in beside and f"/find/{kind}/{one.pk}/" not in beside


def test_what_is_published_shows_there(city: City, clerk: Client):
    """The same surfaces with the same words: else the test above could not fail."""
    answer = knowledge.make_answer(WORDS, SECRET)
    guide = knowledge.make_guide(f"{WORDS}指南", texts={"steps": "打电话报修"})
    answers, guides = (
        {*shown(Client(), AS_RESIDENT, kind, pk), *shown(clerk, AS_CLERK, kind, pk)}
        for kind, pk in (("answer", answer.pk), ("guide", guide.pk))
    )
    everywhere = set(AS_RESIDENT) | set(AS_CLERK)
    assert answers == everywhere - {"find, guides", "kiosk, line", "home"}
    assert guides >= everywhere - {"find, answers", "ask", "home", "kiosk, line"}


def test_whoever_keeps_the_content_sees_what_waits(city: City):
    """The reviewer is no leak: proposals are read where they are reviewed, by those who may."""
    proposed()
    page = signed_in(knowledge.make_lawyer()).get("/manage/knowledge/answers/")
    assert WORDS[:8] in page.content.decode()
    assert signed_in(city.bob).get("/manage/knowledge/answers/").status_code in (302, 403, 404)
