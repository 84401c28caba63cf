"""Papers are issued with a number each, without a gap or a double; void, forgotten, seen by whom."""

import json
import threading
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.papers import actions
from mingbai.papers.models import Paper, PaperTemplate
from mingbai.papers.perms import can_edit
from mingbai.papers.queries import papers_of
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH
from tests.papers.conftest import BODY, KIND
from tests.people.factories import make_user


def issue(city, event="decision:1", office=NORTH, **more):
    said = {"申请人": "王桂兰", "理由": "符合条件", "材料": ["身份证"]}
    return actions.issue(
        by=city.alice.actor, kind=KIND.code, office=city.stations[office], about="case:1", event=event,
        **{"fields": said, **more},
    )  # fmt: skip


def test_a_paper_has_its_number_its_words_and_an_entry(city, kind):
    paper = issue(city, at=timezone.make_aware(datetime(2026, 12, 1, 9)))
    assert paper.text == "（2026）新抚试决字第1号"
    said = json.loads(paper.fields)
    assert said["文号"] == paper.text
    assert said["日期"] == "2026年12月1日"
    assert said["机构"] == city.stations[NORTH].name
    entry = Entry.objects.get(verb="paper.issued")
    assert entry.chain == "case:1"
    assert "王桂兰" not in entry.data
    assert paper.text in entry.data
    assert "王桂兰".encode() not in bytes(Paper.objects.get().fields_sealed)


def test_numbers_count_by_office_and_year(city, kind):
    old = timezone.make_aware(datetime(2025, 12, 31, 23))
    texts = [
        issue(city, "a", at=old).text,
        issue(city, "b").number,
        issue(city, "c").number,
        issue(city, "d", office=SOUTH).number,
    ]
    assert texts == ["（2025）新抚试决字第1号", 1, 2, 1]


def test_the_same_event_gives_the_same_paper(city, kind):
    assert issue(city).pk == issue(city).pk
    assert issue(city, "decision:2").number == 2


def test_what_fails_gives_its_number_back(city, kind):
    issue(city, "a")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issue(city, "b")
        1 / 0  # noqa: B018
    assert issue(city, "c").number == 2


def test_an_unknown_field_is_refused_and_takes_no_number(city, kind):
    with pytest.raises(Refused) as refused:
        issue(city, fields={"申请入": "王桂兰"})
    assert refused.value.code == "unknown_field"
    assert issue(city).number == 1


@pytest.mark.django_db(transaction=True)
def test_who_issue_at_one_moment_get_numbers_without_gap_or_double(kind, request):
    city = request.getfixturevalue("city")
    errors: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for at in range(6):
                issue(city, f"{name}:{at}" if at else "shared")
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    numbers = sorted(Paper.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 4 * 5 + 1 + 1))


def test_void_keeps_its_number_and_another_may_follow(city, kind):
    paper = issue(city)
    actions.void(by=city.alice.actor, paper=paper, reason="名字写错")
    paper.refresh_from_db()
    assert (paper.state, paper.void_why) == ("void", "名字写错")
    assert issue(city).number == 2
    with pytest.raises(Refused) as refused:
        actions.void(by=city.alice.actor, paper=paper, reason="再来")
    assert refused.value.code == "void_already"
    assert [one.number for one in papers_of("case:1")] == [1, 2]


def test_with_the_matter_its_content_goes_and_its_number_stays(city, kind):
    issue(city)
    actions.forget(by=SYSTEM, about="case:1")
    paper = Paper.objects.get()
    assert (paper.is_erased, paper.fields, paper.number) == (True, "", 1)


def test_a_paper_keeps_the_words_it_was_issued_with(city, kind):
    old = issue(city, "a")
    actions.write_template(
        by=SYSTEM, kind=KIND.code, office=None, body=BODY.replace("经审查", "经依法审查"), note="改"
    )
    new = issue(city, "b")
    assert "经依法审查" not in old.template.body
    assert "经依法审查" in new.template.body


def test_what_the_house_brings_anew_is_taken_unless_an_office_wrote_its_own(city, kind, monkeypatch):
    from dataclasses import replace

    from mingbai.papers.kinds import PAPER_KINDS

    issue(city, "a")
    monkeypatch.setitem(PAPER_KINDS._items, KIND.code, replace(KIND, body=BODY + "新的一行\n"))
    assert issue(city, "b").template.version == 2
    actions.write_template(by=SYSTEM, kind=KIND.code, office=city.stations[NORTH], body=BODY, note="本中心的")
    own = issue(city, "c").template
    assert (own.office_id, own.version, own.is_given) == (city.stations[NORTH].pk, 1, False)
    assert issue(city, "d", office=SOUTH).template.version == 2
    actions.end_templates(by=SYSTEM, kind=KIND.code, office=city.stations[NORTH], reason="统一")
    assert issue(city, "e").template.version == 2
    with pytest.raises(Refused) as refused:
        actions.end_templates(by=SYSTEM, kind=KIND.code, office=city.stations[NORTH], reason="再统一")
    assert refused.value.code == "nothing_to_end"


def test_a_template_with_an_unknown_field_is_refused_and_nothing_changes(city, kind):
    with pytest.raises(Refused) as refused:
        actions.write_template(by=SYSTEM, kind=KIND.code, office=None, body=BODY + "{{没有}}", note="改")
    assert refused.value.code == "unknown_field"
    assert not PaperTemplate.objects.exists()


def test_an_office_calls_itself_as_it_likes(city, kind):
    station = city.stations[NORTH]
    actions.set_letterhead(by=SYSTEM, office=station, name="新抚区法律援助中心", word="新法", phone="12348")
    paper = issue(city)
    assert paper.text.endswith("新法试决字第1号")
    assert json.loads(paper.fields)["机构"] == "新抚区法律援助中心"


def test_who_sees_a_paper_is_said_by_its_line(city, kind):
    issue(city)
    assert Paper.objects.visible_to(city.alice).count() == 1
    assert Paper.objects.visible_to(AnonymousUser()).count() == 0
    Paper.objects.update(about="case:2")
    assert Paper.objects.visible_to(city.alice).count() == 0
    Paper.objects.update(kind="gone")
    assert Paper.objects.visible_to(city.alice).count() == 0


def test_who_changes_templates(city):
    manager = make_user(RoleCode.STATION_MANAGER, station=city.stations[NORTH])
    assert can_edit(manager, city.stations[NORTH].code)
    assert not can_edit(manager, city.stations[SOUTH].code)
    assert not can_edit(manager, None)
    assert can_edit(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY]), None)
    assert not can_edit(make_user(RoleCode.WINDOW_CLERK, station=city.stations[NORTH]), NORTH)
