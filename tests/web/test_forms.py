"""The shared fields, and refused rules on a form."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from mingbai.core.refused import Refused
from mingbai.web.forms import (
    DayField,
    FilesField,
    IdNumberField,
    NumberField,
    PhoneField,
    WordsField,
    refusals,
    unjudged,
)


class Sample(forms.Form):
    words = WordsField(most=10, rows=3)
    phone = PhoneField(required=False)
    id_number = IdNumberField(required=False)
    day = DayField(required=False)
    number = NumberField(required=False)
    files = FilesField(required=False, most=2)


def filled(files=(), **values):
    form = Sample({"words": "好", "number": "1", **values}, MultiValueDict({"files": list(files)}))
    form.is_valid()
    return form


def test_values_come_out_in_one_form():
    data = filled(
        words=" a\r\nb ", phone="+86 138-1234-5678", day="2026年11月3日", number="26 11-22"
    ).cleaned_data
    assert data["words"] == "a\nb" and data["phone"] == "13812345678"
    assert data["day"].isoformat() == "2026-11-03" and data["number"] == "261122"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("words", "", "请填写内容"),
        ("words", "一二三四五六七八九十多", "最多 10 字"),
        ("words", "\x00", "U+0000"),
        ("phone", "12", "电话号码不对"),
        ("id_number", "210402199001011234", "校验码"),
        ("day", "2026-13-01", "没有这一天"),
        ("day", "9999-12-31", "1900 年到 2999 年"),
        ("day", "1899-12-31", "1900 年到 2999 年"),
        ("number", "  ", "请填写办件编号"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(name, value, said):
    assert said in str(filled(**{name: value}).errors[name])


def test_a_day_that_does_not_exist_stays_to_be_seen():
    form = filled(day="2026-02-30")
    assert 'type="text"' in str(form["day"]) and "2026-02-30" in str(form["day"])
    assert 'type="date"' in str(filled(day="2026-02-03")["day"])


def test_files_are_counted_and_named():
    pictures = [SimpleUploadedFile(f"{n}.png", b"\x89PNG\r\n\x1a\n12345678") for n in range(3)]
    assert "最多 2 个" in str(filled(pictures).errors["files"])
    assert "“0.pdf”" in str(filled([SimpleUploadedFile("0.pdf", b"MZ")]).errors["files"])
    assert len(filled(pictures[:2]).cleaned_data["files"]) == 2
    assert filled().cleaned_data["files"] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    large = SimpleUploadedFile("大.png", b"\x89PNG\r\n\x1a\n" + b"0" * 1024 * 1024)
    assert "最多 1 MB" in str(filled([large]).errors["files"])


def test_a_refused_rule_stands_at_its_field():
    form = filled()
    with refusals(form, telephone="phone"):
        raise Refused("打不通。", code="dead", field="telephone", kept="文字都在。", do="换个号码。")
    assert form.errors["phone"] == ["打不通。文字都在。换个号码。"]
    assert form.has_error("phone", "dead")


def test_a_refused_rule_without_a_field_stands_above():
    form = filled()
    with refusals(form):
        raise Refused("已经办结。", field="elsewhere")
    assert form.non_field_errors() == ["已经办结。"]


def test_only_refused_rules_are_shown():
    with pytest.raises(ValueError), refusals(filled()):
        raise ValueError


def test_an_unjudged_form_shows_what_was_typed_without_errors():
    form = unjudged(Sample({"words": "", "phone": "12"}))
    assert not form.errors and 'value="12"' in str(form["phone"])
