"""Records for another system: its columns, what was sent, what came back, what is new there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.cases.actions.residents import erase
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.filings import actions
from mingbai.filings.kinds import FILING_KINDS
from mingbai.filings.models import Filing, FilingCode, FilingField
from mingbai.filings.queries import codebook, columns_of, shown, unsent, values_of
from mingbai.filings.rules import Codebook, Column, differing, read_row, row_of
from mingbai.integrations.filing_rows import land
from mingbai.journal.models import Entry
from mingbai.legalaid.models import Application
from mingbai.mediation import actions as mediation
from mingbai.mediation.models import Mediation
from tests.cases.factories import NORTH, City, make_city
from tests.legalaid import factories as aid
from tests.mediation import factories as med

AID, MED = "sft0024", "sft0018"


@pytest.fixture
def city(db: None) -> City:
    from mingbai.legalaid.actions import prepare

    made = make_city()
    prepare(by=SYSTEM)
    mediation.prepare(by=SYSTEM)
    return made


def kind(system: str = AID) -> Any:
    return FILING_KINDS.get(system)


def code_of(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


# ── rules ──

COLUMNS = [Column("their_number", "编号"), Column("number", "办件"), Column("name", "姓名")]


def test_a_row_is_read_by_its_headings_and_written_in_their_order():
    read = read_row(COLUMNS, {"姓名": " 赵 福山 ", "编号": "S1", "别的": "x"})
    assert read == {"name": "赵福山", "their_number": "S1"}
    assert row_of(COLUMNS, {"name": "赵", "number": "1"}) == ["", "1", "赵"]
    assert code_of(lambda: read_row(COLUMNS, {"姓名": "赵"})) == "no_number"


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ({"name": "赵"}, {"name": "赵"}, []),
        ({"name": "赵（甲）"}, {"name": "赵 (甲)"}, []),
        ({"name": "赵"}, {"name": "钱"}, ["name"]),
        ({"name": "赵"}, {}, []),
        ({}, {"name": "赵"}, ["name"]),
        ({"their_number": ""}, {"their_number": "S1"}, []),
    ],
)
def test_only_what_both_know_can_differ(ours, theirs, found):
    assert differing(COLUMNS, ours, theirs) == found


# ── columns ──


def test_columns_are_set_by_the_city(city: City):
    before = [column.name for column in columns_of(kind())]
    assert before[:3] == ["系统编号", "办件编号", "申请人姓名"]
    actions.set_field(by=SYSTEM, system=AID, code="name", column="受援人", position=1)
    actions.set_field(by=SYSTEM, system=AID, code="phone", column="联系电话", is_used=False)
    names = [column.name for column in columns_of(kind())]
    assert names[0] == "受援人" and "联系电话" not in names and len(names) == len(before) - 1
    assert Entry.objects.filter(chain=f"filing:{AID}").count() == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "nothing"}, "unknown_field"),
        ({"column": "办件编号"}, "column_taken"),
        ({"column": ""}, "empty_text"),
        ({"position": -1}, "bad_amount"),
        ({"code": "number", "is_used": False}, "needed_field"),
    ],
)
def test_a_column_that_cannot_be(city: City, change, code):
    values = {"system": AID, "code": "name", "column": "受援人", **change}
    assert code_of(lambda: actions.set_field(by=SYSTEM, **values)) == code
    assert not FilingField.objects.exists()


# ── out and back ──


def test_both_lines_tell_every_field_they_name(city: City):
    for system, case in ((AID, aid.granted(city)), (MED, med.requested())):
        values = values_of(kind(system), case.chain)
        assert set(values) == set(kind(system).fields)
        assert values["number"] == case.number and values["name"] and values["text"]


def test_sent_confirmed_differs_and_the_difference_is_shown(city: City):
    case = aid.granted(city)
    assert list(unsent(kind(), [case.chain])) == [case.chain]
    actions.note_sent(by=SYSTEM, system=AID, abouts=[case.chain])
    assert list(unsent(kind(), [case.chain])) == []
    same = values_of(kind(), case.chain) | {"their_number": "P-7"}
    row = actions.compare(by=SYSTEM, system=AID, about=case.chain, theirs=same)
    assert (row.state, row.number, row.theirs) == ("confirmed", "P-7", "")
    row = actions.compare(by=SYSTEM, system=AID, about=case.chain, theirs={**same, "name": "赵富山"})
    assert (row.state, row.differs) == ("differs", ["name"])
    filing, lines = shown(kind(), case.chain)
    assert [(one.column, one.theirs) for one in lines if one.theirs is not None] == [("申请人姓名", "赵富山")]
    assert "赵富山" not in str(Filing.objects.values().get()), "their words are sealed"
    entries = Entry.objects.filter(chain=case.chain, verb__startswith="filing.").order_by("pk")
    verbs = list(entries.values_list("verb", flat=True))
    assert verbs == ["filing.sent", "filing.compared", "filing.compared"]
    assert list(unsent(kind(), [case.chain])) == [case.chain], "what differs is sent again"


def test_a_number_belongs_to_one_record(city: City):
    one, two = aid.granted(city), aid.granted(city)
    actions.compare(by=SYSTEM, system=AID, about=one.chain, theirs={"their_number": "P-7"})
    for about, number in ((two.chain, "P-7"), (one.chain, "P-8")):
        said = {"their_number": number}
        compare = lambda a=about, s=said: actions.compare(by=SYSTEM, system=AID, about=a, theirs=s)  # noqa: E731
        assert code_of(compare) == "other_number"


def test_rows_land_each_by_itself_and_new_ones_are_opened_once(city: City):
    case = aid.granted(city)
    ours = values_of(kind(), case.chain)
    rows = [
        (2, {"办件编号": case.number, "系统编号": "P-1", "申请人姓名": ours["name"]}),
        (3, {"办件编号": "111111111111", "系统编号": "P-2"}),
        (4, {"申请人姓名": "没有编号"}),
        (5, {"系统编号": "P-3", "申请人姓名": "孙大娘", "联系电话": "13912345678",
             "基本案情": "儿子三年没给赡养费。", "援助事项": ""}),
        (6, {"系统编号": "P-4", "申请人姓名": "没说事"}),
    ]  # fmt: skip

    def once():
        numbers = frozenset(Case.objects.values_list("number", flat=True))
        return land(by=SYSTEM, kind=kind(), rows=rows, region=NORTH, numbers=numbers)

    done = once()
    assert (done.confirmed, done.differs, done.opened) == (1, 0, 1)
    assert [line for line, _why in done.refused] == [3, 4, 6]
    new = Filing.objects.get(number="P-3")
    opened = Case.objects.get(number=new.about.removeprefix("case:"))
    assert (opened.channel, opened.kind, opened.text) == ("web", "legal_aid", "儿子三年没给赡养费。")
    assert Application.objects.filter(case=opened).exists()
    assert once().opened == 0 and Filing.objects.filter(number="P-3").count() == 1


def test_a_mediation_of_the_province_arrives_the_same_way(city: City):
    rows = [(2, {"系统编号": "M-1", "申请人": "赵福山", "被申请人": "钱大河、孙小河", "纠纷类型": "邻里",
                 "纠纷简况": "界石被挪了。"})]  # fmt: skip
    done = land(by=SYSTEM, kind=kind(MED), rows=rows, region=NORTH, numbers=frozenset())
    assert (done.opened, done.refused) == (1, [])
    values = values_of(kind(MED), Filing.objects.get().about)
    assert (values["others"], values["dispute"], values["their_number"]) == ("钱大河、孙小河", "邻里", "M-1")


def test_what_they_hold_goes_with_the_matter(city: City):
    case = aid.closed(city)
    said = {"their_number": "P-7", "name": "别人"}
    actions.compare(by=SYSTEM, system=AID, about=case.chain, theirs=said)
    erase(resident=case.party or case.speaker, by=SYSTEM, reason="本人要求")
    row = Filing.objects.get()
    assert (row.theirs, row.differs, bytes(row.key)) == ("", [], b"")


# ── codes ──


def set_form(day: Any = None, **codes: str) -> int:
    day = day or timezone.localdate()
    return actions.set_codes(
        by=SYSTEM, system=AID, field="form", codes=codes, source="省厅代码表（2026 年 11 月）", valid_from=day
    )


@pytest.mark.parametrize("system", [AID, MED])
def test_every_coded_field_is_a_field_and_no_code_is_invented(city: City, system: str):
    book = codebook(kind(system))
    assert set(book.words) <= set(kind(system).fields) and len(book.words) >= 6
    assert all(words and len(set(words.values())) == len(words) for words in book.words.values())
    assert not FilingCode.objects.exists(), "what is not published the office writes down"


def test_a_code_goes_out_and_comes_back(city: City):
    case = aid.granted(city)
    own = Application.objects.get(case=case).matter
    word = codebook(kind()).words["matter"][own]

    def line() -> Any:
        return next(one for one in shown(kind(), case.chain)[1] if one.column == "援助事项")

    assert (line().ours, line().word, line().is_missing) == (word, word, True)
    codes = {"field": "matter", "codes": {own: "03"}, "source": "省厅", "valid_from": timezone.localdate()}
    assert actions.set_codes(by=SYSTEM, system=AID, **codes) == 1
    assert (line().ours, line().word, line().is_missing) == ("03", word, False)
    book = codebook(kind())
    assert book.to_ours("matter", "04") == "04" and book.to_ours("matter", " 03 ") == word
    row = actions.compare(by=SYSTEM, system=AID, about=case.chain, theirs={"matter": "03"})
    assert row.state == "confirmed"
    row = actions.compare(by=SYSTEM, system=AID, about=case.chain, theirs={"matter": "04"})
    assert row.differs == ["matter"]


def test_codes_of_a_record_that_comes_new_are_read(city: City):
    actions.set_codes(
        by=SYSTEM, system=MED, field="dispute", codes={"neighbour": "1002"}, source="省厅",
        valid_from=timezone.localdate(),
    )  # fmt: skip
    row = {"系统编号": "L77", "纠纷类型": "1002", "纠纷简况": "地边子", "申请人": "赵福山"}
    done = land(by=SYSTEM, kind=kind(MED), rows=[(2, row)], region=NORTH, numbers=frozenset())
    assert done.opened == 1 and Mediation.objects.get().dispute == "neighbour"


def test_a_code_holds_from_its_day_and_the_one_before_stays(city: City):
    today = timezone.localdate()
    own = next(iter(codebook(kind()).words["form"]))
    set_form(**{own: "A"})
    assert set_form(**{own: "A"}) == 0, "nothing changes, nothing is written"
    assert set_form(today, **{own: "B"}) == 1 and FilingCode.objects.count() == 1, "the same day is mended"
    set_form(today + timedelta(days=10), **{own: "C"})
    codes = {day: codebook(kind(), today + timedelta(days=day)).codes[("form", own)] for day in (0, 9, 10)}
    assert codes == {0: "B", 9: "B", 10: "C"}
    assert code_of(lambda: set_form(today + timedelta(days=5), **{own: "D"})) == "rule_past"
    assert set_form(today + timedelta(days=20), **{own: ""}) == 1
    assert ("form", own) not in codebook(kind(), today + timedelta(days=20)).codes
    assert Entry.objects.filter(chain=f"filing:{AID}", verb="filing.codes_set").count() == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"field": "name"}, "unknown_field"),
        ({"codes": {"moon": "1"}}, "unknown_value"),
        ({"codes": {"criminal": "9" * 65}}, "text_too_long"),
        ({"codes": {"criminal": "1\x00"}}, "bad_characters"),
        ({"source": " "}, "empty_text"),
        ({"valid_from": date(2020, 1, 1)}, "rule_past"),
    ],
)
def test_bad_codes_are_refused(city: City, change: dict, code: str):
    first = next(iter(codebook(kind()).words["form"]))
    if "criminal" in change.get("codes", {}):
        change = {"codes": {first: change["codes"]["criminal"]}}
    values = {
        "system": AID, "field": "form", "codes": {first: "1"}, "source": "省厅",
        "valid_from": timezone.localdate(),
    }  # fmt: skip
    assert code_of(lambda: actions.set_codes(by=SYSTEM, **{**values, **change})) == code
    assert not FilingCode.objects.exists()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.text("0123456789", min_size=1, max_size=3), max_size=6))
def test_a_code_comes_back_as_a_word_with_that_code(codes: dict):
    """Against a slow reference: some value of ours that has this code."""
    words = {own: f"词{own}" for own in "abcdef"}
    book = Codebook({"f": words}, {("f", own): code for own, code in codes.items()})
    for own, word in words.items():
        sent = book.to_theirs("f", word)
        assert sent == codes.get(own, word)
        same = [words[one] for one in words if codes.get(one) == sent] or [sent]
        assert book.to_ours("f", sent) == same[0]
