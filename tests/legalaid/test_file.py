"""The file of a closed matter: what it must hold by form and source, what is there, said once."""

import io
from datetime import date

import pytest
from django.utils import timezone

from mingbai.cases.actions.files import attach
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions
from mingbai.legalaid.enums import Form, Source
from mingbai.legalaid.models import FilePart
from mingbai.legalaid.queries.file import file_of
from mingbai.legalaid.rules.file import PARTS, SIGNS, PartTerms, checklist, missing
from tests.cases.factories import City
from tests.legalaid.factories import application, fresh, head, reviewer
from tests.legalaid.test_handling import concluded, reported

TODAY = timezone.localdate()


def lines(form: str, source: str = "own", signs: set[str] | None = None, names: tuple[str, ...] = ()):
    return checklist(PARTS, form=form, source=source, signs=signs or set(), names=names)


@pytest.mark.parametrize(
    ("form", "source", "asked", "spared"),
    [
        ("litigation", "own", "代理词、辩护词", "会见笔录、阅卷材料"),
        ("defence", "notified", "办案机关的通知公函", "法律援助申请表"),
        ("drafting", "own", "代写的法律文书", "委托协议、授权委托书"),
        ("", "own", "结案报告", "代理词、辩护词"),
    ],
)
def test_the_list_goes_by_form_and_source(form, source, asked, spared):
    names = [line.name for line in lines(form, source)]
    assert asked in names and spared not in names


def test_a_part_is_there_by_what_the_system_holds_or_by_a_name():
    found = {
        line.name: line.is_there for line in lines("litigation", "own", {"report:closing"}, ("判决书.pdf",))
    }
    assert found["结案报告"] and found["判决书、裁决书、调解书等的副本"]
    assert not found["代理词、辩护词"] and "代理词、辩护词" in missing(lines("litigation"))


def test_every_row_names_a_source_and_can_be_met():
    for part in PARTS:
        assert part.source and (part.signs or part.words)
        assert set(part.forms) <= set(Form.values) and set(part.sources) <= set(Source.values)
        assert set(part.signs) <= set(SIGNS)


@pytest.mark.django_db
def test_what_is_missing_is_said_once(city: City):
    actions.prepare(by=SYSTEM)
    case = reported(city)
    said = Entry.objects.filter(chain=case.chain, verb="aid.file_missing")
    assert said.count() == 1
    actions.return_report(case=fresh(case), by=reviewer(city), note="补身份证明")
    actions.report_closing(case=fresh(case), by=reviewer(city), text="补了")
    assert said.count() == 1


@pytest.mark.django_db
def test_a_handed_in_paper_fills_its_line(city: City):
    actions.prepare(by=SYSTEM)
    case = concluded(city)
    before = missing(file_of(case, application(case), today=TODAY))
    data = b"%PDF-1.4\n%%EOF\n"
    attach(
        case=case,
        by=head(city),
        name="身份证.pdf",
        stream=io.BytesIO(data),
        size=len(data),
        by_resident=False,
    )
    after = missing(file_of(fresh(case), application(case), today=TODAY))
    assert set(before) - set(after) == {"申请人身份证明"}


@pytest.mark.django_db
def test_the_list_costs_the_same_however_long_the_file(city: City, django_assert_num_queries):
    actions.prepare(by=SYSTEM)
    case = reported(city)
    own = application(case)
    with django_assert_num_queries(6):
        assert file_of(case, own, today=TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"forms": ("x",)}, "bad_choice"),
        ({"signs": ("paper:x",)}, "bad_choice"),
        ({"words": ()}, "empty_part"),
        ({"valid_from": date(2020, 1, 1)}, "rule_past"),
    ],
)
def test_a_part_that_is_none_is_refused(city: City, change, code):
    values = {
        "code": "own",
        "name": "回访表",
        "source": "省厅〔2026〕5号",
        "words": ("回访",),
        "valid_from": TODAY,
    }
    with pytest.raises(Refused) as no:
        actions.add_file_part(by=SYSTEM, terms=PartTerms(**{**values, **change}))
    assert no.value.code == code and not FilePart.objects.filter(code="own").exists()


# ── by hand ──


@pytest.mark.django_db
def test_a_paper_that_lies_on_paper_is_ticked_once_with_who_and_where(city: City):
    actions.prepare(by=SYSTEM)
    case = reported(city)

    def lines():
        return {line.code: line for line in file_of(fresh(case), application(case), today=TODAY)}

    code = next(each.code for each in lines().values() if not each.is_there)
    tick = actions.tick_part(case=case, by=reviewer(city), part=code, place="三号柜第二层")
    line = lines()[code]
    assert line.is_there and line.place.startswith("三号柜第二层（") and reviewer(city).name in line.place
    assert tick.place_sealed and "三号柜".encode() not in bytes(tick.place_sealed)
    assert Entry.objects.filter(chain=case.chain, verb="aid.file_ticked").count() == 1
    for part, place, wrong in (
        (code, "x", "there_already"),
        ("none", "x", "unknown_part"),
        (code, "", "empty_text"),
    ):
        with pytest.raises(Refused) as refused:
            actions.tick_part(case=case, by=reviewer(city), part=part, place=place)
        assert refused.value.code == wrong
