"""The collector of translations finds every text, and says what is missing."""

import pytest

from ops.dev import messages

PAGE = """{% load i18n %}
<div>
    {% if x %}{% translate "我要咨询" %}{% endif %}
  <p title="{% translate '标题' context "ctx" %}">{{ _("回执") }}
     {% blocktranslate count n=items|length trimmed %}
     有 {{ n }} 条
   {% plural %}
     有 {{ n }} 条事项
   {% endblocktranslate %}
   {% comment %}不算{% endcomment %} it's "odd ' (
</div>
"""
CODE = """
text = _("待受理")
count = ngettext("%(n)s 件", "%(n)s 件事项", n)
word = pgettext("按钮", "签收")
raise Refused(_("已经办结"), code="closed")
plain = "不译"
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    for folder in ("mingbai", "templates", "config"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "locale/en/LC_MESSAGES/django.po")
    return tmp_path


def translate(**texts):
    catalogue = messages.stored()
    for message in catalogue:
        if message.id:
            message.string = texts.get(message.id, "English")
    with messages.CATALOGUE.open("wb") as target:
        messages.write_po(target, catalogue)


def test_templates_are_read(checkout):
    path = checkout / "templates" / "page.html"
    path.write_text(PAGE)
    found = [text for _place, text, _context in messages.texts_of_template(path)]
    assert found == ["我要咨询", "标题", "回执", ("有 %(n)s 条", "有 %(n)s 条事项")]


def test_code_is_read(checkout):
    path = checkout / "mingbai" / "actions.py"
    path.write_text(CODE)
    found = [(text, context) for _place, text, context in messages.texts_of_code(path)]
    pair = ("%(n)s 件", "%(n)s 件事项")
    assert found == [("待受理", None), (pair, None), ("签收", "按钮"), ("已经办结", None)]


def test_a_missing_translation_is_a_complaint_until_it_is_there(checkout):
    (checkout / "mingbai" / "actions.py").write_text('_("签收")')
    assert list(messages.complaints()) == ["mingbai/actions.py: no translation of '签收'"]
    messages.update()
    assert len(list(messages.complaints())) == 1
    translate()
    assert list(messages.complaints()) == []


def test_a_text_nobody_uses_is_a_complaint(checkout):
    code = checkout / "mingbai" / "actions.py"
    code.write_text('_("签收")')
    messages.update()
    translate()
    code.write_text("")
    assert [complaint.rpartition(": ")[2] for complaint in messages.complaints()] == ["nobody uses '签收'"]


def test_other_placeholders_are_a_complaint(checkout):
    (checkout / "mingbai" / "actions.py").write_text('_("还有 %(days)s 天")')
    messages.update()
    translate(**{"还有 %(days)s 天": "%(day)s days left"})
    assert "placeholders" in next(messages.complaints())


def test_bare_chinese_in_a_template_is_a_complaint(checkout):
    (checkout / "templates" / "page.html").write_text(
        '<p title="标题">{# 注释 #}明白<!-- 说明 --></p>\n<b>签收</b>'
    )
    assert [complaint.rpartition(": ")[2] for complaint in messages.complaints()] == ["'标题'", "'签收'"]


def test_compiling_makes_what_django_reads(checkout):
    (checkout / "mingbai" / "actions.py").write_text('_("签收")')
    messages.update()
    translate()
    messages.compile_all()
    assert b"English" in messages.CATALOGUE.with_suffix(".mo").read_bytes()
