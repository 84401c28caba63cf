"""Following: what stands on the slip opens the matter, for an hour, in this browser, nothing else does."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.enums import State
from mingbai.cases.models import Attachment, Case
from mingbai.core.numbers import group_number, new_number
from mingbai.web.public.follow import SESSION_KEY
from tests.web.public.factories import CLERK, LAST4, PNG, asked, errors, make_case, opened_client, photo, soup

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def case() -> Case:
    return make_case()


def answered(case: Case) -> Case:
    case = work.accept(case=case, by=CLERK)
    return work.answer(case=case, by=CLERK, text="您没签合同\n也受保护。", laws=["劳动法第五十条"])


@pytest.mark.parametrize("number", [str, group_number, lambda n: f" {n[:4]}-{n[4:]} "])
def test_number_and_last_four_digits_open_the_matter(case, number):
    client = Client()
    response = client.post("/follow/", {"number": number(case.number), "secret": LAST4}, follow=True)
    assert response.redirect_chain[-1][0] == f"/follow/{case.number}/"
    page = soup(response)
    assert case.station.name in page.text and "收到" in page.text
    assert page.select_one(".c-road [aria-current=step]")


def test_the_follow_code_opens_it_where_there_is_no_phone():
    case = make_case(tell_by="follow", phone="", name="")
    assert opened_client(case, case.follow_code).get(f"/follow/{case.number}/").status_code == 200


def answer_to(number: str, secret: str = "0000") -> tuple[str, list[str]]:
    """What a wrong try gets to read, and the shape of its queries."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = Client().post("/follow/", {"number": number, "secret": secret})
    shape = [re.sub(r"s\d+_x\d+", "", " ".join(query["sql"].split()[:3])) for query in queries]
    page = soup(response)
    for field in page.select("input"):
        field.decompose()
    return page.select_one("main").get_text(" ", strip=True), shape


def test_an_unknown_number_and_somebody_elses_get_the_same_answer_and_queries(case):
    foreign, unknown = answer_to(case.number), answer_to(new_number(2026))
    assert foreign == unknown
    assert "不对" in foreign[0]


def test_five_wrong_tries_lock_the_number_also_for_the_right_digits(case):
    for _try in range(5):
        Client().post("/follow/", {"number": case.number, "secret": "0000"})
    response = Client().post("/follow/", {"number": case.number, "secret": LAST4})
    assert "12348" in errors(response) and "分钟" in errors(response)


def pages(number: str) -> list[str]:
    return [
        f"/follow/{number}/",
        f"/follow/{number}/withdraw/",
        f"/follow/{number}/consents/",
        f"/follow/{number}/message/",
        f"/follow/{number}/rate/",
        f"/follow/{number}/how/",
        f"/follow/{number}/files/1/",
    ]


def test_no_page_opens_without_the_secret_whether_the_number_exists_or_not(case):
    mine = opened_client(make_case())
    for client in (Client(), mine):
        for known, unknown in zip(pages(case.number), pages("2600000000000"), strict=True):
            with CaptureQueriesContext(connection) as first:
                response = client.get(known)
            with CaptureQueriesContext(connection) as second:
                other = client.get(unknown)
            assert response["Location"] == f"/follow/?number={case.number}"
            assert (response.status_code, len(first)) == (other.status_code, len(second))


def test_another_matters_file_is_not_found_through_ones_own(case):
    client = opened_client(make_case())
    opened_client(case).post(f"/follow/{case.number}/message/", {"attachments": [photo()]})
    foreign = Attachment.objects.get()
    own = Case.objects.latest("id")
    assert client.get(f"/follow/{own.number}/files/{foreign.pk}/").status_code == 404


def test_opening_a_matter_gives_the_browser_a_new_session(case):
    client = opened_client(case)
    planted = client.session.session_key
    client.post("/follow/", {"number": case.number, "secret": LAST4})
    assert client.session.session_key != planted


def test_the_hour_runs_out(case):
    client = opened_client(case)
    session = client.session
    past = timezone.now() - timedelta(seconds=1)
    session[SESSION_KEY] = {case.number: (past.timestamp(), "speaker")}
    session.save()
    assert client.get(f"/follow/{case.number}/")["Location"].startswith("/follow/?number=")


def test_what_was_typed_when_the_hour_ran_out_is_in_its_box_again(case):
    client = Client()
    url = f"/follow/{case.number}/message/"
    response = client.post(url, {"text": "工友也没拿到钱"})
    assert response.status_code == 200 and "工友也没拿到钱" in response.content.decode()
    fields = {field["name"]: field.get("value", "") for field in soup(response).select("main form [name]")}
    client.post(url, {**fields, "secret": LAST4})
    assert "工友也没拿到钱" not in str(dict(client.session)), "a session is a row in clear"
    response = client.get(f"/follow/{case.number}/")
    assert soup(response).select_one("textarea[name=text]").text.strip() == "工友也没拿到钱"
    assert not case.messages.exists()
    again = client.get(f"/follow/{case.number}/")
    assert soup(again).select_one("textarea[name=text]").text.strip() == ""


def test_a_reason_to_withdraw_is_kept_likewise(case):
    client = Client()
    url = f"/follow/{case.number}/withdraw/"
    client.post(url, {"reason": "已经解决了"})
    fields = {"reason": "已经解决了", "number": case.number, "secret": LAST4}
    assert "已经解决了" in client.post(url, fields, follow=True).content.decode()


def test_reading_the_answer_is_being_told(case):
    answered(case)
    page = soup(opened_client(case).get(f"/follow/{case.number}/"))
    assert "您没签合同" in page.text and "劳动法第五十条" in page.text
    case.refresh_from_db()
    assert case.told_at and case.told_how == "follow"


def test_who_may_not_be_told_sees_where_it_stands_but_not_the_answer():
    case = answered(make_case(party_name="王奶奶", party_phone="13900001111", may_be_told="party"))
    page = opened_client(case).get(f"/follow/{case.number}/").content.decode()
    assert "您没签合同" not in page and "只给另一位看" in page and "已经答复" in page
    case.refresh_from_db()
    assert case.told_at is None
    assert "您没签合同" in opened_client(case, "1111").get(f"/follow/{case.number}/").content.decode()


def test_a_message_with_a_photo_and_a_paper_goes_on(case):
    case = work.accept(case=case, by=CLERK)
    case = work.ask(case=case, by=CLERK, text="请补一份身份证", papers=["身份证复印件", "考勤"])
    client = opened_client(case)
    page = client.get(f"/follow/{case.number}/").content.decode()
    assert "轮到您" in page and "请补一份身份证" in page
    sent = {"text": "", "papers": ["身份证复印件"], "attachments": [photo("身份证.png")]}
    page = soup(client.post(f"/follow/{case.number}/message/", sent, follow=True))
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
    assert [p.name for p in case.papers_asked.filter(given_at=None)] == ["考勤"]
    assert "交来：身份证复印件" in page.text and "身份证.png" in page.text
    file = case.attachments.get()
    assert file.paper.name == "身份证复印件"
    response = client.get(f"/follow/{case.number}/files/{file.pk}/")
    assert response.content == PNG
    assert response["Content-Disposition"] == "attachment" and response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": " "}, "请写几句"),
        ({"text": "有\x00"}, "U+0000"),
        ({"text": "长" * 20_001}, "内容太长"),
        ({"papers": ["不在单子上"]}, "请写几句"),
    ],
)
def test_a_bad_message_is_told_and_kept(case, sent, said):
    response = opened_client(case).post(f"/follow/{case.number}/message/", sent)
    assert response.status_code == 422 and said in errors(response)
    assert not case.messages.exists()


def test_withdrawing_is_asked_once_more(case):
    client = opened_client(case)
    url = f"/follow/{case.number}/withdraw/"
    assert "真的不办了吗" in client.get(url).content.decode()
    assert "请写一句原因" in errors(client.post(url, {"reason": ""}))
    page = client.post(url, {"reason": "已经给钱了"}, follow=True).content.decode()
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN and "已经撤回" in page
    assert "办件现在是" in errors(client.post(url, {"reason": "再撤一次"}))


def test_five_grades_once_none_chosen_beforehand(case):
    answered(case)
    client = opened_client(case)
    page = soup(client.get(f"/follow/{case.number}/"))
    assert len(page.select("input[name=grade]")) == 5 and not page.select("input[name=grade][checked]")
    url = f"/follow/{case.number}/rate/"
    assert "请选一项" in errors(client.post(url, {}))
    assert "谢谢您的评价" in client.post(url, {"grade": "2", "text": "太慢"}, follow=True).content.decode()
    assert Case.objects.get(pk=case.pk).rating.grade == 2
    assert not soup(client.get(f"/follow/{case.number}/")).select("input[name=grade]")
    assert "评价过了" in client.post(url, {"grade": "5"}).content.decode()


def test_two_taps_after_the_rating_once_and_none_is_asked_for(case):
    answered(case)
    client, url = opened_client(case), f"/follow/{case.number}/how/"
    assert not soup(client.get(f"/follow/{case.number}/")).select("input[name=heard_from]")
    assert "先评价" in errors(client.post(url, {"heard_from": "village"}))
    client.post(f"/follow/{case.number}/rate/", {"grade": "4"})
    page = soup(client.get(f"/follow/{case.number}/"))
    assert page.select("input[name=heard_from]") and not page.select("input[name=heard_from][checked]")
    assert "一项都没有选" in errors(client.post(url, {}))
    assert client.post(url, {"heard_from": "moon"}).status_code == 422
    assert "谢谢" in client.post(url, {"was_first_choice": "0"}, follow=True).content.decode()
    rating = Case.objects.get(pk=case.pk).rating
    assert (rating.heard_from, rating.was_first_choice) == ("", False)
    assert not soup(client.get(f"/follow/{case.number}/")).select("input[name=heard_from]")
    assert "已经说过" in errors(client.post(url, {"heard_from": "news"}))


def test_no_rating_before_an_answer(case):
    client = opened_client(case)
    assert not soup(client.get(f"/follow/{case.number}/")).select("input[name=grade]")
    client.post(f"/follow/{case.number}/rate/", {"grade": "5"})
    assert not hasattr(Case.objects.get(pk=case.pk), "rating")


def test_internal_notes_are_not_on_the_page(case):
    work.note(case=case, by=CLERK, text="此人以前来过三次")
    assert "以前来过" not in opened_client(case).get(f"/follow/{case.number}/").content.decode()


@pytest.mark.parametrize("state", ["refused", "withdrawn", "closed"])
def test_a_matter_that_has_ended_says_how(case, state):
    if state == "refused":
        work.refuse(case=case, by=CLERK, reason="不归我们管", remedy="可以去法院立案庭")
    elif state == "withdrawn":
        work.withdraw(case=case, by=CLERK, reason="群众来电撤回")
    else:
        work.tell(case=answered(case), by=CLERK, how="phone")
        work.close(case=case, by=CLERK)
    page = soup(opened_client(case).get(f"/follow/{case.number}/"))
    words = {"refused": "没有受理", "withdrawn": "撤回", "closed": "办结"}
    assert words[state] in page.h1.text
    assert not page.select("#write")
    assert page.select_one(".c-road")


def test_the_page_after_the_number_opens_the_matter_without_typing_it(client):
    token = client.post("/ask/", asked())["Location"].rstrip("/").rpartition("/")[2]
    case = Case.objects.get()
    assert client.post("/follow/", {"token": token})["Location"] == f"/follow/{case.number}/"
    assert client.get(f"/follow/{case.number}/").status_code == 200
    assert Client().post("/follow/", {"token": token + "x"}).status_code == 200


def test_closing_shuts_every_matter_that_was_opened(case):
    client = opened_client(case)
    client.post("/follow/leave/")
    assert client.get(f"/follow/{case.number}/").status_code == 302


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_page_costs_the_same_with_much_and_little_history(case):
    client, url = opened_client(case), f"/follow/{case.number}/"
    queries_of(client, url)
    little = queries_of(client, url)
    for n in range(12):
        work.supplement(case=case, by=CLERK, text=f"第 {n} 句")
    assert queries_of(client, url) == little <= 12
