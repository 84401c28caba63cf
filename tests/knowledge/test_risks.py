"""How much of what warns is noticed, how many harmless texts alarm, and whether the card says so."""

import pytest

from mingbai.knowledge.enums import Risk, Urgency
from mingbai.knowledge.rules.triage import RISK_FIGURES, triage
from tests.knowledge.held import HARMLESS, HELD, KNOWN
from tests.knowledge.told import Told, measured, plain, texts_of
from tests.knowledge.warnings import FRESH, TRIED

WORKED_WITH = [*plain([*TRIED, *FRESH, *KNOWN, *HELD]), *texts_of("open")]
SEALED = texts_of("sealed")


def test_what_warns_is_noticed():
    found = measured(WORKED_WITH)
    print("worked with:", found)
    assert found["recall"] >= 0.95 and found["precision"] >= 0.9, found
    assert found["recall"] == pytest.approx(RISK_FIGURES["worked_with"], abs=0.01)


def test_of_the_sealed_half_it_finds_what_the_card_says():
    """Not tuned on: a better lexicon may raise the figure, and then the card says so."""
    found = measured(SEALED)
    print("sealed:", found)
    assert found["recall"] == pytest.approx(RISK_FIGURES["sealed"], abs=0.01) and found["recall"] >= 0.9
    assert found["precision"] >= 0.8, found
    assert found["urgency"] == pytest.approx(RISK_FIGURES["urgency"], abs=0.01) and found["urgency"] >= 0.9


@pytest.mark.parametrize("risk", Risk.values)
def test_no_risk_is_carried_by_the_others(risk: str):
    """Of both halves together at least four in five of each risk."""
    texts = [told for told in (*SEALED, *texts_of("open")) if risk in told.must]
    found = [told for told in texts if risk in triage(told.text).risks]
    assert len(texts) >= 15 and len(found) / len(texts) >= 0.8, (risk, len(found), len(texts))


def test_harmless_texts_seldom_alarm():
    calm = [*plain((text, "") for text in HARMLESS), *(told for told in SEALED if not told.may)]
    share = measured(calm)["alarms"]
    print(f"harmless: {share:.3f} of {len(calm)} alarm")
    assert share <= 0.05 and share == pytest.approx(RISK_FIGURES["false_alarms"], abs=0.01)


def test_the_sets_hold_every_risk_and_do_not_overlap():
    for texts in (WORKED_WITH, SEALED, plain(HELD), plain(KNOWN)):
        assert {risk for told in texts for risk in told.must} == set(Risk.values)
    seen = [told.text for told in (*WORKED_WITH, *SEALED)] + HARMLESS
    assert len(seen) == len(set(seen)) >= 900
    assert {told.urgency for told in SEALED} == set(Urgency.values)


def test_the_measure_itself():
    """By hand: one of two found, one warning of three wrong, one of two calm texts alarms."""
    texts = [
        Told("他打我", frozenset({"violence"}), frozenset({"violence"}), "urgent"),
        Told("买东西", frozenset({"elder"}), frozenset({"elder"})),
        Told("他拿刀砍我", frozenset(), frozenset()),
        Told("问一下", frozenset(), frozenset(), "soon"),
    ]
    found = measured(texts)
    alarms = len(triage("他拿刀砍我").risks)
    assert found["recall"] == 0.5 and found["alarms"] == 0.5 and found["urgency"] == 0.5
    assert found["precision"] == pytest.approx(1 / (1 + alarms), abs=0.001)


@pytest.mark.parametrize(
    ("text", "risks"),
    [
        # What real questions showed: words that only look like a warning.
        ("用人单位的劳动手册可以不给吗", ""),
        ("邻居在楼顶种菜漏水到我家", ""),
        ("债权人行使留置权有什么限制", ""),
        ("刚买的进口车在海关要好几个月", ""),
        ("家里的羊吃了被下药的草死了", ""),
        ("寄存人可以随时领取保管物吗", ""),
        ("我想离婚男方死活不同意", ""),
        ("买了宝石戒指觉得上当", ""),
        ("登记的站点自己办理", ""),
        ("会见笔录、阅卷材料", ""),
        ("保洁阿姨来打扫，女儿的猫走失了", ""),
        # And words that do warn, in few words or across clauses.
        ("这几天放学一直有人跟着我", "violence"),
        ("我怕我失控自杀了父母没有保障", "suicide"),
        ("我们工程的工资多年没有给", "wage_group"),
        ("家祖母86岁，五个子女都不表明赡养", "elder"),
        ("我弟弟19岁，他女朋友没满十四岁，发生了关系", "minor"),
        ("法院让我七日内补交材料，今天第六天", "limitation"),
    ],
)
def test_what_real_questions_showed(text: str, risks: str):
    assert " ".join(triage(text).risks) == risks
