"""What a matter is about: proposed with words, said by a person, kept without names to learn from."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mingbai.cases.actions import triage, work
from mingbai.cases.models import Case
from mingbai.cases.queries import history_of
from mingbai.cases.rules.intake import Person
from mingbai.core.actor import SYSTEM
from mingbai.knowledge.actions import forget_labels
from mingbai.knowledge.learning.labels import train
from mingbai.knowledge.models import Label
from mingbai.knowledge.queries import proposals, proposed_topics
from mingbai.knowledge.queries.learned import model_path
from tests.cases.factories import City, make_answered, make_case
from tests.cases.test_work import code

TEXT = "我叫司马青莲，公司拖欠工资，电话13987651234"


@pytest.fixture
def case(city: City) -> Case:
    return make_case(text=TEXT, speaker=Person(name="司马青莲", phone="13987651234"))


def test_a_person_says_what_it_is_about(city: City, case: Case):
    triage.say_topic(case=case, by=city.alice.actor, topic="labour", proposed="labour")
    assert Case.objects.get().topic == "labour"
    assert "主题：劳动人事" in [line.text for line in history_of(case)]


def test_what_was_said_is_kept_without_names(city: City, case: Case):
    triage.say_topic(case=case, by=city.alice.actor, topic="debt", proposed="labour")
    label = Label.objects.get()
    assert (label.field, label.proposed, label.label) == ("topic", "labour", "debt")
    assert "司马青莲" not in label.text and "13987651234" not in label.text and "拖欠工资" in label.text


def test_a_topic_that_is_none_is_refused(city: City, case: Case):
    assert code(triage.say_topic, case=case, by=city.alice.actor, topic="weather") == "bad_choice"
    assert not Label.objects.exists() and Case.objects.get().topic == ""


def test_labels_leave_as_training_data_and_are_forgotten(city: City, case: Case, tmp_path: Path):
    triage.say_topic(case=case, by=city.alice.actor, topic="labour")
    out, told = tmp_path / "labels.jsonl", StringIO()
    call_command("export_labels", str(out), stdout=told)
    row = json.loads(out.read_text("utf-8"))
    assert (
        row["category"] == "labour" and set(row) == {"id", "text", "category"} and "1 行" in told.getvalue()
    )
    assert forget_labels(by=SYSTEM, now=timezone.now() + timedelta(days=3 * 365 - 1)) == 0
    assert forget_labels(by=SYSTEM, now=timezone.now() + timedelta(days=3 * 365 + 1)) == 1
    with pytest.raises(CommandError, match="写不进去"):
        call_command("export_labels", str(tmp_path / "no" / "where"), stdout=told)


def test_the_citys_own_model_proposes_instead_of_the_lexicon(tmp_path: Path, settings):
    settings.MINGBAI_DATA = tmp_path
    assert [one.code for one in proposed_topics("公司拖欠工资")][:1] == ["labour"]
    assert proposed_topics("公司拖欠工资")[0].words
    path = model_path().with_name("topics.model")
    path.parent.mkdir()
    train([("公司拖欠工资", "company"), ("想离婚", "marriage")] * 3).save(path)
    assert proposed_topics("公司拖欠工资")[0].code == "company"
    path.write_text("坏了")
    assert proposed_topics("公司拖欠工资")[0].code == "labour"


def test_only_the_clocks_of_urgent_matters_begin_and_none_twice(city: City, case: Case):
    running = case.clocks.count()
    for _time in range(2):
        case = triage.say_urgency(case=case, by=city.alice.actor, is_urgent=True)
        assert case.is_urgent and case.clocks.count() == running + 1  # the seeded promise for urgent ones
        assert case.clocks.filter(rule__urgent_only=True).count() == 1
    case = triage.say_urgency(case=case, by=city.alice.actor, is_urgent=False)
    assert not case.is_urgent and case.clocks.count() == running + 1


def test_the_urgency_of_what_has_ended_is_not_asked(city: City):
    ended = make_answered(city)
    ended = work.close(case=work.tell(case=ended, by=city.alice.actor, how="phone"), by=city.alice.actor)
    assert code(triage.say_urgency, case=ended, by=city.alice.actor, is_urgent=True) == "ended"


def test_a_kind_that_is_none_is_refused(city: City, case: Case):
    assert code(triage.say_kind, case=case, by=city.alice.actor, kind="weather") == "bad_choice"
    assert not Label.objects.exists()


def test_a_kind_confirmed_stands_in_the_history_and_starts_nothing(city: City, case: Case):
    clocks = list(case.clocks.values_list("pk", flat=True))
    triage.say_kind(case=case, by=city.alice.actor, kind=case.kind, proposed="legal_aid")
    assert list(case.clocks.values_list("pk", flat=True)) == clocks
    assert any("核对过" in line.text for line in history_of(case))


def test_the_citys_own_model_of_kinds_proposes_only_kinds(tmp_path: Path, settings):
    settings.MINGBAI_DATA = tmp_path
    path = model_path().with_name("kinds.model")
    path.parent.mkdir()
    train([("公司拖欠工资", "arbitration"), ("想离婚", "weather")] * 3).save(path)
    assert proposals("公司拖欠工资", ["arbitration"]).kind.code == "arbitration"
    assert proposals("想离婚", ["arbitration"]).kind.code == "arbitration"
    assert proposals("哈哈", []).kind is None
