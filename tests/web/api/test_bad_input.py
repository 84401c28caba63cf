"""Bad input gets a clear answer, in the caller's language, and nothing is kept of it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext

from mingbai.cases.models import Case
from tests.web.api.calls import CASES, open_one, post, problem

TOMORROW = timezone.now() + timedelta(days=1)
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"text": ""}, "invalid", "text"),
    ({"text": "  \n "}, "empty_text", "text"),
    ({"text": "字" * 20_001}, "invalid", "text"),
    ({"text": "😡" * 20_001}, "invalid", "text"),
    ({"text": "x" * 1_000_000}, "invalid", "text"),
    ({"text": "a\x00b"}, "bad_characters", "text"),
    ({"text": "a\x1bb"}, "bad_characters", "text"),
    ({"text": "\ud800"}, "invalid", "text"),
    ({"text": None}, "invalid", "text"),
    ({"text": 5}, "invalid", "text"),
    ({"text": ["x"]}, "invalid", "text"),
    ({"kind": "divorce"}, "unknown_kind", "kind"),
    ({"kind": ""}, "unknown_kind", "kind"),
    ({"kind": "x" * 17}, "invalid", "kind"),
    ({"region": "999999999999"}, "unknown_region", "region"),
    ({"region": "2104"}, "invalid", "region"),
    ({"region": "210402000000\n"}, "invalid", "region"),
    ({"region": "２１０４０２００００００"}, "invalid", "region"),
    ({"region": None}, "invalid", "region"),
    ({"phone": "1234"}, "bad_phone", "phone"),
    ({"phone": "1381234567"}, "bad_phone", "phone"),
    ({"phone": "138\x0012345678"}, "bad_phone", "phone"),
    ({"id_number": "210402199001011234"}, "bad_id_number", "id_number"),
    ({"id_number": "21040219900231123X"}, "bad_id_number", "id_number"),
    ({"name": "赵" * 65}, "invalid", "name"),
    ({"name": "赵\x00"}, "bad_characters", "name"),
    ({"partner_number": "A\x00"}, "bad_characters", "partner_number"),
    ({"partner_number": "A" * 65}, "invalid", "partner_number"),
    ({"place_text": "x" * 501}, "invalid", "place_text"),
    ({"happened_at": TOMORROW.isoformat()}, "bad_time", "happened_at"),
    ({"happened_at": "1899-12-31T00:00:00+08:00"}, "bad_time", "happened_at"),
    ({"happened_at": "0001-01-01T00:00:00"}, "bad_time", "happened_at"),
    ({"happened_at": "0001-01-01T00:00:00+14:00"}, "bad_time", "happened_at"),
    ({"happened_at": "9999-12-31T23:59:59-12:00"}, "bad_time", "happened_at"),
    ({"happened_at": "2026-02-30T00:00:00"}, "invalid", "happened_at"),
    ({"happened_at": "昨天"}, "invalid", "happened_at"),
    ({"urgent": "vielleicht"}, "invalid", "urgent"),
]


@pytest.mark.parametrize(("changes", "code", "field"), BAD, ids=[f"{b[2]}-{n}" for n, b in enumerate(BAD)])
def test_what_is_wrong_is_named_and_nothing_is_kept(
    partner: Client, changes: dict[str, Any], code: str, field: str
):
    told = problem(post(partner, **changes), 422, code)
    fields = [each["field"] for each in told["errors"]] if code == "invalid" else [told["field"]]
    assert fields == [field]
    assert not Case.objects.exists()


@pytest.mark.parametrize("missing", ["region", "text"])
def test_a_missing_field_is_named(partner: Client, missing: str):
    sent = {"region": "210402000000", "text": "x"}
    del sent[missing]
    told = problem(partner.post(CASES, json.dumps(sent), content_type="application/json"), 422, "invalid")
    assert [each["field"] for each in told["errors"]] == [missing]


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b'{"text": "x", }', b"\x00", b"[" * 100_000])
def test_what_is_no_json_is_said_so(partner: Client, raw: bytes):
    problem(partner.post(CASES, raw, content_type="application/json"), 400, "unreadable")


@pytest.mark.parametrize("raw", ["", "[]", '"x"', "null", "1", "true"])
def test_json_that_is_no_object_or_nothing_is_wrong(partner: Client, raw: str):
    problem(partner.post(CASES, raw, content_type="application/json"), 422, "invalid")


def test_a_body_over_two_megabytes_is_not_read(partner: Client, monkeypatch: pytest.MonkeyPatch):
    sent = json.dumps({"region": "210402000000", "text": "x" * (2 * 1024 * 1024)})
    problem(partner.post(CASES, sent, content_type="application/json"), 413, "too_large")
    number = open_one(partner)
    for tail in ("messages", "withdraw"):
        answer = partner.post(f"{CASES}/{number}/{tail}", sent, content_type="application/json")
        problem(answer, 413, "too_large")


def test_a_body_just_under_the_limit_is_judged(partner: Client):
    sent = json.dumps({"region": "210402000000", "text": "x", "more": "y" * (2 * 1024 * 1024 - 200)})
    assert partner.post(CASES, sent, content_type="application/json").status_code == 201


@pytest.mark.parametrize(
    ("tail", "sent", "code"),
    [
        ("messages", {"text": ""}, "invalid"),
        ("messages", {"text": "a\x00"}, "bad_characters"),
        ("messages", {"text": "x" * 20_001}, "invalid"),
        ("messages", {}, "invalid"),
        ("withdraw", {"reason": " "}, "empty_text"),
        ("withdraw", {"reason": "x" * 2001}, "invalid"),
        ("withdraw", {"reason": "\x00"}, "bad_characters"),
    ],
)
def test_additions_are_judged_alike(partner: Client, tail: str, sent: dict[str, str], code: str):
    number = open_one(partner)
    problem(post(partner, f"{CASES}/{number}/{tail}", **sent), 422, code)


def test_a_method_that_is_not_there_is_named(partner: Client):
    answer = partner.put(CASES, "{}", content_type="application/json")
    problem(answer, 405, "not_allowed")
    assert answer.headers["Allow"] == "POST"


def test_an_address_that_is_not_there_is_a_problem_too(partner: Client):
    problem(partner.get("/api/v1/nothing/here"), 404, "no_such_address")


def test_problems_speak_the_callers_language(partner: Client):
    with translation.override("en"):
        english = gettext("没有这个地区。请重新选择，或选“我不清楚”。")
    for language, told in (("en", english), ("zh-CN,zh;q=0.9", "没有这个地区。请重新选择，或选“我不清楚”。")):
        answer = post(partner, region="999999999999", headers={"Accept-Language": language})
        assert problem(answer, 422, "unknown_region")["detail"] == told
        assert answer.headers["Content-Language"] == ("en" if language == "en" else "zh-hans")


def test_no_word_of_the_library_and_nothing_sent_comes_back(partner: Client):
    answer = post(partner, text="秘密" * 20_000, urgent="秘密", happened_at="秘密", kind=7)
    told = problem(answer, 422, "invalid")
    assert "秘密" not in json.dumps(told, ensure_ascii=False)
    assert not re.search("[a-z]{4,} [a-z]{4,}", " ".join(each["message"] for each in told["errors"]))


def test_a_full_disk_gives_no_number(partner: Client, monkeypatch: pytest.MonkeyPatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("mingbai.cases.actions.intake._write", fails)
    answer = post(partner)
    problem(answer, 503, "disk_full")
    assert answer.headers["Retry-After"] and not Case.objects.exists()


def test_a_database_that_does_not_answer_is_said_so(partner: Client, monkeypatch: pytest.MonkeyPatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("mingbai.cases.actions.intake._write", fails)
    problem(post(partner), 503, "busy")


def test_an_error_of_ours_says_nothing_of_the_inside(partner: Client, monkeypatch: pytest.MonkeyPatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("mingbai.cases.actions.intake._write", fails)
    answer = post(partner)
    problem(answer, 500, "failed")
    assert "inside" not in answer.content.decode()
