"""Dead letters, transports and words through their pages."""

from datetime import time

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Notice, Way, Wording
from mingbai.notices.queries import ways
from mingbai.people.models import User
from tests.cases.factories import City
from tests.notices.test_actions import queue
from tests.web.desk.pages import errors, signed_in, words
from tests.web.manage.pages import post, verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(city: City) -> Notice:
    queue()
    Notice.objects.update(state=NoticeState.FAILED, tries=12, error="ConnectionError: gateway down")
    return Notice.objects.get()


def test_a_dead_letter_is_seen_with_its_reason_and_sent_again(keeper: User, dead: Notice) -> None:
    client = signed_in(keeper)
    page = client.get("/manage/outbox/?state=failed")
    assert "gateway down" in words(page) and "发送失败 1 条" in words(page)
    assert "13841300001" not in client.get(f"/manage/outbox/{dead.pk}/").content.decode()
    post(keeper, f"outbox/{dead.pk}/resend/")
    dead.refresh_from_db()
    assert (dead.state, dead.tries) == (NoticeState.QUEUED, 0)
    assert verbs("notice") == ["notice.resent"]
    assert client.get(f"/manage/outbox/{dead.pk}/resend/").status_code == 404, "no longer dead"


def test_all_of_a_transport_are_sent_again(keeper: User, dead: Notice) -> None:
    queue(event="case:2", transport="email", address="a@example.com")
    Notice.objects.update(state=NoticeState.FAILED)
    post(keeper, "outbox/resend/", transport="console")
    assert [one.transport for one in Notice.objects.filter(state=NoticeState.QUEUED)] == ["console"]
    assert "选择" in errors(post(keeper, "outbox/resend/", transport="pigeon"))


def test_a_transport_gets_its_rate_and_quiet_hours(keeper: User) -> None:
    post(keeper, "outbox/ways/console/", per_minute="20", quiet_from="22:00", quiet_to="06:30")
    assert ways().terms["console"].quiet_to == time(6, 30)
    assert verbs("way:console") == ["way.set"]
    assert "20" in words(signed_in(keeper).get("/manage/outbox/ways/"))
    for bad in ({"per_minute": "0"}, {"per_minute": "x"}, {"quiet_from": "22:00"}, {"quiet_to": "25:00"}):
        assert errors(post(keeper, "outbox/ways/console/", **bad)), bad
    assert Way.objects.get().per_minute == 20
    assert signed_in(keeper).get("/manage/outbox/ways/pigeon/").status_code == 404


def test_words_are_changed_and_an_unknown_field_is_refused(keeper: User) -> None:
    url = "outbox/words/case_received/edit/"
    assert "phone" in errors(post(keeper, url, subject="收到", body="{{ phone }}"))
    assert not Wording.objects.exists()
    page = post(keeper, url, subject="收到", body="编号 {{ number }}", urgency="urgent")
    assert "编号 {{ number }}" in words(page) and "马上发" in words(page)
    post(keeper, "outbox/words/case_received/reset/")
    assert not Wording.objects.exists()
    assert verbs("wording:case_received") == ["wording.set", "wording.reset"]
    assert signed_in(keeper).get("/manage/outbox/words/none_such/").status_code == 404


def test_who_keeps_a_county_sees_none_of_it(city: City, dead: Notice) -> None:
    for url in ("outbox/", f"outbox/{dead.pk}/", "outbox/ways/", "outbox/words/", "outbox/resend/"):
        assert signed_in(city.supervisor).get(f"/manage/{url}").status_code == 403, url


def test_the_list_costs_the_same_for_many(keeper: User, dead: Notice, django_assert_max_num_queries) -> None:
    for at in range(30):
        queue(event=f"case:{at}:more", to=SYSTEM.code)
    client = signed_in(keeper)
    with django_assert_max_num_queries(18):
        client.get("/manage/outbox/")
