"""While one types: results, answers alike, matters that may be the same; fragments that keep nothing."""

import pytest
from django.test import Client

from mingbai.cases.queries import texts_like
from mingbai.journal.models import Entry
from tests.cases.factories import NORTH, SOUTH, TOWN_SOUTH, City, make_case
from tests.knowledge import factories as knowledge
from tests.web.desk.pages import signed_in, soup, words

HTMX = {"headers": {"HX-Request": "true"}}
TEXT = "饭店老板三个月没发工资，打电话也不接"
BAD = [
    "",
    " ",
    "a",
    "x" * 30_000,
    "'; DROP TABLE x; --",
    "\x00\u202e",
    "<script>alert(1)</script>",
    "？！" * 50,
]


def test_the_beginning_of_a_word_finds_while_typing_and_not_when_sent(client: Client, city: City):
    knowledge.make_guide("申请法律援助")
    typed = client.post("/find/", {"q": "法律援"}, **HTMX)
    assert soup(typed).select("#found a[href*='/find/guide/']")
    assert soup(client.post("/find/", {"q": "法律援助"})).select("#found a[href*='/find/guide/']")


def test_the_desk_finds_while_typing_too(city: City):
    knowledge.make_guide("申请法律援助")
    typed = signed_in(city.alice).post("/desk/knowledge/", {"q": "法律援"}, **HTMX)
    assert soup(typed).select("#found .c-hits li")


def test_the_chosen_kind_holds_while_one_types_on(client: Client, city: City):
    knowledge.make_guide("申请法律援助")
    box = soup(client.post("/find/", {"q": "法律援助", "kind": "guide"})).select_one("#q")
    assert box["hx-vals"] == '{"kind": "guide"}'
    plain = soup(client.post("/find/", {"q": "法律援助", "kind": '"}<script>'})).select_one("#q")
    assert not plain.has_attr("hx-vals")


def test_how_many_is_read_out_and_not_the_list(client: Client, city: City):
    knowledge.make_guide("申请法律援助")
    page = soup(client.post("/find/", {"q": "法律援"}, **HTMX))
    shown = len(page.select("#found .c-hits > li"))
    assert shown and page.select_one("#found-said[role=status]").text == f"查到 {shown} 条"
    assert not page.select("[aria-live] .c-hits, [role=status] .c-hits")


def test_what_is_of_use_opens_beside_the_form_that_is_being_filled_in(city: City):
    knowledge.bring()
    page = signed_in(city.alice).post("/desk/new/useful/", {"text": "老板拖欠劳动报酬不给钱怎么办"})
    links = soup(page).select(".c-hits a[href^='/find/']")
    assert links and all(link["target"] == "_blank" for link in links)
    found = soup(signed_in(city.alice).post("/desk/knowledge/", {"q": "劳动报酬"})).select(".c-hits a")
    assert found and not any(link.has_attr("target") for link in found)


def test_an_answered_question_is_shown_beside_what_is_written(client: Client, city: City):
    answer = knowledge.make_answer("饭店老板三个月没发工资怎么办")
    knowledge.make_answer("饭店老板三个月没有发工资，可以告吗", publish=False)
    entries = Entry.objects.count()
    page = client.post("/find/alike/", {"text": TEXT})
    assert f"/find/answer/{answer.pk}/" in page.content.decode() and "可以告吗" not in words(page)
    assert "您写的都在" in words(page) and Entry.objects.count() == entries


def test_something_else_is_not_alike(client: Client, city: City):
    knowledge.make_answer("遗嘱要不要公证")
    assert not words(client.post("/find/alike/", {"text": TEXT})).strip()


@pytest.mark.parametrize("text", BAD)
def test_any_text_gives_a_fragment(client: Client, city: City, text: str):
    for path, user in (("/find/alike/", client), ("/desk/new/alike/", signed_in(city.alice))):
        page = user.post(path, {"text": text})
        assert page.status_code == 200 and "<script>alert" not in page.content.decode()


def test_the_ask_page_holds_the_place_for_it(client: Client, city: City):
    page = soup(client.get("/ask/"))
    assert page.select_one("[hx-post='/find/alike/'] #alike")


def test_the_clerk_is_told_of_an_open_matter_with_the_same_words(city: City):
    near, far = make_case(text=TEXT), make_case(text=TEXT, region=TOWN_SOUTH)
    assert near.station_id.startswith(NORTH[:6]) and far.station_id.startswith(SOUTH[:6])
    page = signed_in(city.alice).post("/desk/new/alike/", {"text": "饭店老板三个月没发工资，电话也不接"})
    assert str(near.number) in page.content.decode() and str(far.number) not in page.content.decode()


def test_beside_a_matter_stand_those_with_the_same_words(city: City):
    first, second = make_case(text=TEXT), make_case(text=TEXT + "。")
    make_case(text="邻居家的狗整夜叫")
    page = signed_in(city.alice).get(f"/desk/cases/{second.number}/beside/")
    assert f"/desk/cases/{first.number}/" in page.content.decode()
    assert texts_like(TEXT, city.alice, but=first) == [second]


def test_texts_are_compared_in_one_query(city: City, django_assert_max_num_queries):
    for n in range(5):
        make_case(text=f"{TEXT}{n}")
    texts_like(TEXT, city.alice)
    with django_assert_max_num_queries(6):
        assert len(texts_like(TEXT, city.alice)) == 3
