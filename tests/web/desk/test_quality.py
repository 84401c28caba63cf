"""Quality reviews on pages: picked, rated, read by the lawyer, objected to, judged, drawn by lot."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mingbai.legalaid.models import Assessment
from mingbai.people.models import Worker
from tests.cases.factories import City
from tests.legalaid.test_quality import FULL, closed, people, picked
from tests.web.desk.pages import do, errors, queries, signed_in, url_of, words

pytestmark = pytest.mark.django_db
__all__ = ["people"]


def sheet(points: dict[str, int] = FULL, **more: object) -> dict[str, object]:
    return {f"points_{code}": value for code, value in points.items()} | more


def at(name: str, made: Assessment) -> str:
    return reverse(f"aid:{name}", args=[made.pk])


def test_from_the_closed_matter_to_the_judged_objection(city: City, people: dict[str, Worker]):
    case = closed(city, people["lawyer"])
    office, peer, own = (
        signed_in(user) for user in (city.users["aid_reviewer"], people["peer"].user, people["lawyer"].user)
    )
    page = words(office.get(f"{url_of(case)}aid_review/"))
    assert "乙律师" in page and "甲所合伙人" not in page, "whoever may not is not on the list"
    do(city.users["aid_reviewer"], case, "aid_review", reviewer=people["peer"].pk, why="有投诉")
    made = Assessment.objects.get()
    assert "阅卷、调查取证" in words(peer.get(at("quality_one", made)))
    assert own.get(at("quality_one", made)).status_code == 404, "not before it is rated"
    refused = peer.post(at("quality_rate", made), sheet({**FULL, "facts": 99}, text="好"))
    assert errors(refused)
    peer.post(at("quality_rate", made), sheet({**FULL, "facts": 0, "opinion": 0}, text="没有阅卷。"))
    page = words(own.get(at("quality_one", made)))
    assert "没有阅卷。" in page and "不合格" in page and "乙律师" not in page
    own.post(at("quality_object", made), {"text": "卷里有阅卷笔录。"})
    assert "卷里有阅卷笔录。" in words(office.get(at("quality_judge", made)))
    office.post(at("quality_judge", made), sheet({**FULL, "facts": 5}, answer="补评。"))
    made.refresh_from_db()
    assert (made.state, made.grade, made.grade_before) == ("settled", "good", "failed")
    assert "补评。" in words(own.get(at("quality_one", made)))


def test_nobody_else_rates_objects_or_judges(city: City, people: dict[str, Worker]):
    made = picked(city, people)
    office, peer, stranger = (
        signed_in(user) for user in (city.users["aid_reviewer"], people["peer"].user, people["partner"].user)
    )
    assert office.post(at("quality_rate", made), sheet(text="好")).status_code == 403
    assert peer.post(at("quality_judge", made), sheet(answer="好")).status_code in (403, 404)
    for name in ("quality_one", "quality_rate", "quality_object"):
        assert stranger.get(at(name, made)).status_code == 404
    made.refresh_from_db()
    assert made.state == "open"


def test_the_lot_is_drawn_on_a_page(city: City, people: dict[str, Worker]):
    closed(city, people["lawyer"])
    office, today = signed_in(city.users["aid_reviewer"]), timezone.localdate()
    url = reverse("aid:quality_draw")
    values = {"first": today, "last": today, "count": 5, "seed": "26135", "reviewers": [people["peer"].pk]}
    for change in (
        {"last": today - timedelta(days=1)},
        {"count": 0},
        {"seed": ""},
        {"reviewers": []},
        {"reviewers": [people["partner"].pk]},
    ):
        assert errors(office.post(url, {**values, **change}))
    assert not Assessment.objects.exists()
    page = words(office.post(url, values, follow=True))
    assert "甲律师" in page and "抽查" in page
    assert Assessment.objects.get().seed == "26135"


def test_the_list_takes_the_same_queries_however_long(city: City, people: dict[str, Worker]):
    office = signed_in(city.users["aid_reviewer"])
    picked(city, people)
    few = queries(office, reverse("aid:quality"))
    picked(city, people)
    assert queries(office, reverse("aid:quality")) == few <= 20
