"""Triage: what warns is noticed, what only sounds like it is not, and any text is read."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.knowledge.enums import Risk, Topic, Urgency
from mingbai.knowledge.learning import labelling, labels
from mingbai.knowledge.learning.rows import Row
from mingbai.knowledge.rules.lexicon import lexicon
from mingbai.knowledge.rules.triage import URGENCIES, risks_of, triage


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("他打我一般怎么判", True),
        ("轻伤一般怎么判", False),
        ("刑事拘留和行政拘留的区别", False),
        ("小时候他打过我", False),
        ("小时候他打过我，现在还打我", True),
    ],
)
def test_a_question_about_the_law_warns_only_where_it_names_somebody(text: str, is_told: bool):
    assert bool(triage(text).risks) is is_told


@pytest.mark.parametrize(
    ("text", "words"),
    [("他拿刀威胁我", "拿刀"), ("我真的不想活了", "不想活"), ("仲裁时效还剩三天", "时效还剩")],
)
def test_the_words_that_led_to_it_are_named(text: str, words: str):
    assert words in [reason.words for reason in triage(text).reasons]


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("他拿刀要砍我", Urgency.URGENT),
        ("我们二十个人的工资没发", Urgency.SOON),
        ("房租押金不退，很急", Urgency.SOON),
        ("房租押金不退怎么办", Urgency.NORMAL),
    ],
)
def test_how_urgent(text: str, urgency: Urgency):
    assert triage(text).urgency == urgency


@pytest.mark.parametrize(
    ("text", "topic", "kind"),
    [
        ("公司不签劳动合同还拖欠工资", Topic.LABOUR, ""),
        ("想离婚，孩子抚养权归谁", Topic.MARRIAGE, ""),
        ("没钱请律师，想申请法律援助，交通事故被撞", Topic.TRAFFIC, "legal_aid"),
        ("请调解员帮我们说和，物业漏水", Topic.ESTATE, "mediation"),
        ("哈哈", "", ""),
    ],
)
def test_topic_and_kind_are_proposed(text: str, topic: str, kind: str):
    found = triage(text)
    assert (found.topics[0][0] if found.topics else "") == topic and found.kind == kind


def test_shares_add_up():
    assert sum(share for _code, share in triage("离婚 工资 房子 遗产").topics) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "？！。，…",
        "打" * 10_000,
        "我" * 9_999 + "不想活了",
        "'; DROP TABLE x; --",
        "a OR b NEAR(c)",
    ]
    + [
        "\u202e我不想活了",
        "I want to kill myself",
        "<b>他打我</b>",
        "\x00\x07",
        "🔪🔪🔪",
        "他,打,我" * 3_000,
    ],
)
def test_any_text_is_read(text: str):
    found = triage(text)
    assert found.urgency in Urgency.values and set(found.risks) <= set(Risk.values)


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_the_same_comes_out_twice(text: str):
    assert triage(text) == triage(text) and {r.code for r in risks_of(text)} == set(triage(text).risks)


def test_invisible_marks_hide_nothing():
    assert triage("我\u202e不\u200b想活了").risks == (Risk.SUICIDE,)


def test_the_lexicon_names_only_what_there_is():
    words = lexicon()
    assert set(words.topics) == set(Topic.values)
    assert set(words.risks) == set(Risk.values) == set(URGENCIES)


# ── labels ──

TEXTS = [(f"公司拖欠第{n}个月工资", "劳动") for n in range(12)] + [
    (f"和丈夫离婚第{n}次起诉", "婚姻") for n in range(12)
]


def rows(*more: Row) -> list[Row]:
    return [*(Row(n, text, label) for n, (text, label) in enumerate(TEXTS)), *more]


def test_labels_are_learned_and_their_shares_add_up():
    model = labels.train(TEXTS)
    ranked = model.rank(["拖欠工资", "想离婚", "？"])
    assert [one[0][0] for one in ranked[:2]] == ["劳动", "婚姻"]
    for one in ranked:
        assert sum(share for _label, share in one) == pytest.approx(1, abs=0.001)


def test_a_frequent_label_does_not_drown_a_rare_one():
    many = [(f"公司拖欠工资{n}", "劳动") for n in range(60)] + [("想离婚", "婚姻"), ("丈夫要离婚", "婚姻")]
    assert labels.train(many).rank(["离婚"])[0][0][0] == "婚姻"


def test_a_model_of_labels_comes_back_as_it_was(tmp_path: Path):
    model = labels.train(TEXTS, heat=3.0, card={"rows": 24})
    model.save(tmp_path / "m")
    again = labels.Model.load(tmp_path / "m")
    assert (again.labels, again.heat, again.card) == (model.labels, 3.0, {"rows": 24})
    assert np.allclose(again.scores(["离婚拖欠"]), model.scores(["离婚拖欠"]))


def test_the_card_says_what_was_learned_and_how_well():
    card = labelling.learn(rows(Row(99, "没有标签", None), Row(98, "空的", " ")), on=_day(), field="f").card
    assert (card["rows"], card["labelled"], card["labels"]) == (26, 24, {"劳动": 12, "婚姻": 12})
    assert card["top_1"] == 1 and card["top_1_by_label"] == {"劳动": 1, "婚姻": 1} and card["limits"]


def _day():
    from datetime import date

    return date(2026, 11, 27)


@pytest.mark.parametrize("few", [rows()[:3], rows()[:12] * 2, []])
def test_too_little_is_refused(few: list[Row]):
    with pytest.raises(Refused) as refused:
        labelling.learn(few, on=_day())
    assert refused.value.code == "too_few"


# ── commands ──


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def written(tmp_path: Path, held: list[dict]) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in held), encoding="utf-8")
    return str(path)


def test_triage_prints_a_line_for_each_text(tmp_path: Path):
    path = written(tmp_path, [{"id": "a", "text": "他拿刀威胁我，要离婚"}, {"id": 2, "text": "。", "x": 1}])
    first, second = (json.loads(line) for line in run("triage", path).splitlines())
    assert list(first) == ["id", "labels", "urgency", "risks", "reasons"]
    assert (first["urgency"], first["risks"], first["labels"][0][0]) == ("urgent", ["violence"], "marriage")
    assert ["violence", "拿刀"] in first["reasons"]
    assert second == {"id": 2, "labels": [], "urgency": "normal", "risks": [], "reasons": []}


@pytest.mark.django_db
def test_training_and_using_a_model(tmp_path: Path):
    path = written(tmp_path, [{"id": n, "text": t, "kind": label} for n, (t, label) in enumerate(TEXTS)])
    model = str(tmp_path / "new" / "m")
    card = json.loads(run("train_triage", path, "--field", "kind", "--out", model))
    assert card["field"] == "kind" and card["labelled"] == 24
    assert Entry.objects.get(chain="model:labels").verb == "model.trained"
    asked = written(tmp_path, [{"id": 1, "text": "离婚"}])
    assert json.loads(run("triage", asked, "--model", model))["labels"][0][0] == "婚姻"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("triage", "none"), "文件读不了"),
        (("triage", "{rows}", "--model", "none"), "没有这个模型文件"),
        (("triage", "{rows}", "--model", "{rows}"), "模型文件用不了"),
        (("train_triage", "{rows}", "--field", "category", "--out", "{rows}.m"), "能用的文字太少"),
    ],
)
def test_the_commands_refuse_in_words(tmp_path: Path, words: tuple[str, ...], said: str):
    path = written(tmp_path, [{"id": 1, "text": "离婚"}])
    with pytest.raises(CommandError, match=said):
        run(*(word.format(rows=path) for word in words))
