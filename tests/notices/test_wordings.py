"""Templates in other words: only the fields that the file knows, nothing else in braces."""

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.notices import actions
from mingbai.notices.models import Notice
from mingbai.notices.queries import said_by_file, templates, ways
from mingbai.notices.rules import checked_words, fields_of
from mingbai.notices.transports import words_of
from tests.notices.test_actions import CONTEXT, queue

pytestmark = pytest.mark.django_db


def reword(**more):
    words = {"template": "case_received", "subject": "收到", "body": "{{ kind }}收到了，号是 {{ number }}。"}
    return actions.set_wording(by=SYSTEM, **(words | more))


def test_a_wording_takes_the_place_of_the_file_and_goes_again():
    queue()
    reword()
    words = words_of(Notice.objects.get())
    assert (words.subject, words.body) == ("收到", "法律咨询收到了，号是 2611 2345 6789 4。")
    assert actions.reset_wording(by=SYSTEM, template="case_received")
    assert words_of(Notice.objects.get()).subject == "已收到您的事项"
    assert not actions.reset_wording(by=SYSTEM, template="case_received")


def test_another_language_keeps_the_words_of_the_file():
    reword()
    queue(context=CONTEXT | {"language": "en"})
    assert words_of(Notice.objects.get()).subject != "收到"


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"body": "{{ phone }}"}, "unknown_field", "body"),
        ({"subject": "{{ name }} {{ number }}"}, "unknown_field", "subject"),
        ({"body": "{{ number|length }}"}, "unknown_field", "body"),
        ({"body": "{% load x %}"}, "bad_template", "body"),
        ({"body": "{{ number"}, "bad_template", "body"),
        ({"body": "  "}, "empty_text", "body"),
        ({"body": "字" * 501}, "text_too_long", "body"),
        ({"template": "none_such"}, "unknown_template", None),
        ({"template": "../../etc/passwd"}, "unknown_template", None),
        ({"urgency": "yesterday"}, "bad_choice", "urgency"),
    ],
)
def test_what_a_wording_may_not_be(more, code, field):
    with pytest.raises(Refused) as refused:
        reword(**more)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_what_was_said_in_a_context_is_never_read_as_a_field():
    reword(body="{{ kind }}")
    queue(context=CONTEXT | {"kind": "{{ number }}"})
    assert words_of(Notice.objects.get()).body == "{{ number }}"


def test_urgency_is_changed_with_the_words():
    assert "case_risk" in ways().urgent and "case_received" not in ways().urgent
    reword(urgency="urgent")
    reword(template="case_risk", body="{{ number }}", urgency="digest")
    assert "case_received" in ways().urgent
    assert "case_risk" in ways().digest and "case_risk" not in ways().urgent


def test_fields_are_those_of_the_file():
    assert fields_of("{% if is_home %}{{ when }}{% elif a or not b %}{{ code }}{% endif %}") == (
        "when", "code", "is_home", "a", "b",
    )  # fmt: skip
    assert set(templates()["case_received"]) == {"kind", "number", "hotline"}
    for template, known in templates().items():
        subject, body = said_by_file(template)
        if "{{ forloop" not in body:
            checked_words(subject, body, known)
