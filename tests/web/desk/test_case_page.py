"""The page of one matter: what it says, to whom, and what it costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import clocks, handover, work
from mingbai.cases.actions.residents import merge_residents
from mingbai.cases.models import Case, Clock
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.journal.models import Entry
from mingbai.people import actions as people
from tests.cases.factories import (
    PHONE,
    SOUTH,
    VILLAGE_SOUTH,
    City,
    make_answered,
    make_case,
    make_closed,
    make_many,
    make_taken,
)
from tests.web.desk.pages import HTMX, article, do, queries, signed_in, soup, url_of, words


def turn(response: object) -> str:
    found = soup(response).select_one(".c-turn")
    return found.get_text(" ", strip=True) if found else ""


def primary(response: object) -> str:
    found = soup(response).select_one(".c-actions .btn-primary")
    return found.get_text(strip=True) if found else ""


def page_of(user: object, case: Case) -> object:
    return signed_in(user).get(url_of(case))  # type: ignore[arg-type]


def test_it_says_what_who_where_and_whose_turn(city: City) -> None:
    case = make_taken(city, text="老板三个月没发工资", name="赵福山", is_wage=True, is_urgent=True)
    text = words(page_of(city.alice, case))
    for said in (
        "老板三个月没发工资",
        "赵**",
        "站前街道",
        "法律咨询",
        "欠薪求助",
        "紧急",
        "艾丽",
        "服务承诺",
    ):
        assert said in text
    assert "赵福山" not in text
    assert PHONE not in text
    assert "138****5678" in text


@pytest.mark.parametrize(
    ("stage", "who", "button"),
    [
        ("received", "轮到您的站点", "我来办"),
        ("taken", "轮到您", "答复"),
        ("waiting", "等群众", "代群众补充"),
        ("answered", "轮到您", "告知群众"),
        ("told", "轮到您", "办结"),
        ("closed", "已结束", "恢复办理"),
    ],
)
def test_one_primary_act_by_state(city: City, stage: str, who: str, button: str) -> None:
    case = make_case() if stage == "received" else make_taken(city)
    by = city.alice.actor
    if stage == "waiting":
        work.ask(case=case, by=by, text="请补身份证")
    if stage in ("answered", "told", "closed"):
        work.answer(case=case, by=by, text="先投诉")
    if stage in ("told", "closed"):
        work.tell(case=case, by=by, how="phone")
    if stage == "closed":
        work.close(case=case, by=by)
    response = page_of(city.alice, case)
    assert turn(response).startswith(who)
    if stage == "closed":
        assert primary(response) == ""
        assert button in words(response)
    else:
        assert primary(response) == button


def test_a_colleague_sees_that_it_is_not_their_turn(city: City) -> None:
    case = make_taken(city)
    assert turn(page_of(city.bob, case)).startswith("等艾丽")


def test_what_cannot_be_done_yet_says_why(city: City) -> None:
    assert "现在还不能办结：答复并告知群众之后才可以" in words(page_of(city.alice, make_taken(city)))


def test_an_offered_matter_asks_the_taker_and_tells_the_giver(city: City) -> None:
    case = make_taken(city)
    handover.offer(case=case, by=city.alice.actor, to=city.stations[SOUTH], reason="在望花干的活")
    assert turn(page_of(city.alice, case)).startswith("等望花区")
    theirs = page_of(city.charlie, case)
    assert turn(theirs).startswith("轮到您")
    assert primary(theirs) == "签收"


def test_strangers_get_the_same_404_as_for_no_number(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.charlie)
    theirs, none = client.get(url_of(case)), client.get("/desk/cases/2600000000000/")
    assert theirs.status_code == none.status_code == 404
    assert soup(theirs).get_text() == soup(none).get_text()


@pytest.mark.parametrize("path", ["0", "99999999999999999999999", "26", "1" * 4400])
def test_odd_numbers_are_not_found(city: City, path: str) -> None:
    assert signed_in(city.alice).get(f"/desk/cases/{path}/").status_code == 404


def test_the_due_date_explains_itself(city: City) -> None:
    case = make_taken(city)
    steps = soup(page_of(city.alice, case)).select(".d-case__facts details.c-clock dl")
    assert steps
    text = steps[0].get_text(" ", strip=True)
    assert "依据" in text
    assert "届满" in text


def test_the_history_holds_the_words_that_were_said_and_the_reasons(city: City) -> None:
    case = make_answered(city, text="工资怎么要")
    work.supplement(case=case, by=RESIDENT, text="还有两个工友", channel="wechat")
    work.note(case=case, by=city.alice.actor, text="联系过劳动监察")
    lines = [li.get_text(" ", strip=True) for li in soup(page_of(city.alice, case)).select(".c-history > li")]
    assert [line for line in lines if "还有两个工友" in line and "微信" in line]
    assert [line for line in lines if "联系过劳动监察" in line and "艾丽" in line]
    assert [line for line in lines if "先到劳动监察投诉" in line and "劳动合同法第八十五条" in line]
    assert "工资怎么要" in lines[-1]
    assert "由新抚区公共法律服务中心办理" in lines[-1]


def test_the_pane_gets_the_same_article_as_the_page(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.alice)
    whole, part = client.get(url_of(case)), client.get(url_of(case), **HTMX)
    assert article(whole) == article(part)
    assert "<html" not in part.content.decode()


def test_a_swap_after_an_act_equals_a_reload(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.alice)
    swapped = client.post(url_of(case, "note"), {"text": "打过电话"}, follow=True, **HTMX)
    assert "已记下" in words(swapped)
    assert article(client.get(url_of(case))) == article(client.get(url_of(case), **HTMX))
    without_message = soup(swapped)
    without_message.select_one("#case > [role=status]").decompose()  # type: ignore[union-attr]
    reloaded = soup(client.get(url_of(case)))
    texts = [part.select_one("#case").get_text(" ", strip=True) for part in (without_message, reloaded)]  # type: ignore[union-attr]
    assert texts[0] == texts[1]


def test_text_is_escaped_everywhere(city: City) -> None:
    case = make_taken(city, text="<script>alert(1)</script>工资", name="<b>赵</b>")
    work.note(case=case, by=city.alice.actor, text="<img src=x onerror=alert(1)>")
    body = page_of(city.alice, case).content.decode()  # type: ignore[attr-defined]
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert signed_in(city.alice).get("/desk/").content.decode().count("<script>alert") == 0


# ── price ──


def test_the_page_of_a_well_worked_matter_stays_within_twelve_queries(city: City) -> None:
    case = make_taken(city, region=VILLAGE_SOUTH, keep_at="210402000000")
    by = city.alice.actor
    work.ask(case=case, by=by, text="请补", papers=["身份证"])
    work.supplement(case=case, by=RESIDENT, text="补了", papers=["身份证"])
    handover.ask_help(
        case=case, by=by, station=city.stations[SOUTH], task="查一下", due_on=timezone.localdate()
    )
    handover.offer(case=case, by=by, to=city.stations[SOUTH], reason="归你们")
    client = signed_in(city.alice)
    few = queries(client, url_of(case))
    make_many(city, 200)
    assert queries(client, url_of(case)) == few <= 12


def test_what_stands_beside_does_not_grow(city: City) -> None:
    case = make_taken(city)
    make_case(text="又来了")
    client = signed_in(city.alice)
    few = queries(client, url_of(case, "beside"))
    make_many(city, 200)
    assert queries(client, url_of(case, "beside")) == few


# ── people ──


def test_showing_a_person_is_journalled_and_not_kept_in_the_address(city: City) -> None:
    case = make_taken(city, name="赵福山", id_number="11010519491231002X")
    client = signed_in(city.alice)
    response = client.post(url_of(case, "show_person"), {"who": case.speaker_id})
    text = words(response)
    assert "赵福山" in text
    assert PHONE in text
    assert "11010519491231002X" in text
    entry = Entry.objects.get(verb="case.person_shown")
    assert entry.actor == city.alice.actor.code
    assert "赵福山" not in entry.data
    assert "赵福山" not in words(client.get(url_of(case)))


def test_an_earlier_matter_is_proposed_and_linked_by_a_person(city: City) -> None:
    first, second = make_closed(city, text="去年的事"), make_taken(city, text="今年的事")
    Case.objects.filter(pk=first.pk).update(opened_at=timezone.now() - timedelta(days=200))
    client = signed_in(city.alice)
    beside = words(client.get(url_of(second, "beside")))
    assert "电话和姓名相同" in beside
    linked = client.post(
        url_of(second, "link"), {"resident": first.speaker_id, "as_": "speaker"}, follow=True
    )
    assert "已认定" in words(linked)
    assert "去年的事" in words(client.get(url_of(second, "beside")))
    undone = do(city.alice, second, "unmerge_person", who=second.speaker_id, reason="认错了")
    assert "已拆开档案" in words(undone)
    second.speaker.refresh_from_db()  # type: ignore[union-attr]
    assert second.speaker.merged_into_id is None  # type: ignore[union-attr]


def test_merging_is_for_who_may(city: City) -> None:
    first, second = make_case(), make_taken(city)
    data = {"who": second.speaker_id, "into": first.speaker_id, "reason": "同一个人"}
    assert do(city.bob, second, "merge_person", **data).status_code == 403
    assert "已合并档案" in words(do(city.alice, second, "merge_person", **data))


def test_linking_to_somebody_not_proposed_is_refused(city: City) -> None:
    other = make_case(phone="13900001111", name="别人", region=VILLAGE_SOUTH)
    case = make_taken(city)
    make_case(text="又来了")
    response = do(city.alice, case, "link", resident=other.speaker_id, as_="speaker")
    assert "已认定" not in words(response)
    case.refresh_from_db()
    assert case.speaker_id != other.speaker_id


def test_an_anonymous_matter_has_no_people_and_a_follow_code(city: City) -> None:
    case = make_taken(city, name="", phone="")
    assert "群众没有留姓名和电话" in words(page_of(city.alice, case))
    assert case.follow_code in words(signed_in(city.alice).get(url_of(case, "print")))


def test_a_merged_person_stays_on_the_page(city: City) -> None:
    first, second = make_case(), make_taken(city)
    assert first.speaker and second.speaker
    merge_residents(resident=second.speaker, by=city.alice.actor, into=first.speaker, reason="同一人")
    assert page_of(city.alice, second).status_code == 200  # type: ignore[attr-defined]


def test_late_clocks_show_red_with_a_word(city: City) -> None:
    case = make_taken(city)
    late = timezone.now() - timedelta(days=3)
    Clock.objects.filter(case=case).update(due_at=late, soon_at=late)
    Case.objects.filter(pk=case.pk).update(due_at=late)
    clocks.tick()
    response = page_of(city.alice, case)
    assert soup(response).select(".d-case__facts .c-clock--late")
    assert "已超期 3 天" in words(response)
    assert "请尽快" in turn(response)


# ── hands that are away ──


def test_who_stands_in_has_the_turn(city: City) -> None:
    case = make_taken(city)
    today = timezone.localdate()
    people.add_absence(by=SYSTEM, worker=city.owner, starts_on=today, ends_on=today, stand_in=city.bob.worker)
    assert turn(page_of(city.bob, case)).startswith("轮到您")


def test_who_has_left_holds_nothing(city: City) -> None:
    case = make_taken(city)
    people.deactivate_worker(by=SYSTEM, worker=city.owner)
    response = page_of(city.bob, case)
    assert "还没有人接办" in words(response)
    assert primary(response) == "我来办"


def test_a_formal_matter_asks_for_the_decision(city: City) -> None:
    case = make_taken(city, kind="notary")
    response = page_of(city.alice, case)
    assert "决定是否受理" in turn(response)
    assert primary(response) == "受理"
    assert "已受理" in words(do(city.alice, case, "accept"))
    assert "法定期限" in words(page_of(city.alice, case))
