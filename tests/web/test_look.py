"""Small tags and filters of the design system, and the edition switch."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils import timezone, translation

from mingbai.web.desk.components import gallery
from mingbai.web.public.edition import edition
from mingbai.web.templatetags import look


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_desk, _door = ([path("", _page, name="home")], "desk"), ([path("", _page, name="home")], "door")
urlpatterns = [path("desk/", include(_desk)), path("desk/door/", include(_door))]


@pytest.mark.parametrize("typed", ["2611234567894", " 2611 2345 6789 4 ", 2611234567894])
def test_a_number_is_shown_in_fours(typed: object) -> None:
    assert look.grouped(typed) == "2611 2345 6789 4"


def test_a_moment_of_today_is_called_today() -> None:
    now = timezone.now()
    assert look.moment(now) == f"今天 {timezone.localtime(now):%H:%M}"


def test_a_day_of_another_year_names_the_year() -> None:
    assert look.day(dt.date(2019, 11, 25)) == "2019年11月25日 周一"
    assert look.day(None) == look.moment(None) == ""


def test_the_lang_attribute_is_one_that_screen_readers_know() -> None:
    assert [look.html_lang("zh-hans"), look.html_lang("en")] == ["zh-CN", "en"]


def test_the_city_names_the_service() -> None:
    assert look.site_name("抚顺市") == "抚顺公共法律服务"
    assert look.site_name() == "公共法律服务"


def test_an_icon_is_hidden_from_screen_readers_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in look.icon("phone")
    assert 'aria-label="&lt;x&gt;"' in look.icon("phone", "<x>")


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    root = Path(settings.BASE_DIR)
    listed = set((root / "static/icons.txt").read_text().split())
    used = {
        name
        for template in (root / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', template.read_text())
    } | {sign for sign, _, _ in look.RAIL}
    assert used <= listed, sorted(used - listed)


class _Form(forms.Form):
    text = forms.CharField(help_text="怎么填", widget=forms.TextInput(attrs={"class": "wide"}))
    kind = forms.ChoiceField(choices=[("a", "A")])
    way = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agree = forms.BooleanField()


@pytest.mark.parametrize(
    ("name", "css"),
    [("text", "wide form-control"), ("kind", "form-select"), ("way", "c-choices"), ("agree", "c-tick")],
)
def test_a_control_wears_the_class_of_its_sort(name: str, css: str) -> None:
    assert f'class="{css}"' in look.control(_Form()[name])


def test_a_control_points_at_its_hint_and_its_error() -> None:
    assert 'aria-describedby="id_text_helptext id_text_error"' in look.control(_Form({})["text"])


@override_settings(ROOT_URLCONF="tests.web.test_look")
@pytest.mark.parametrize(("address", "label"), [("/desk/", "办件"), ("/desk/door/visits/3/", "来访")])
def test_the_rail_shows_the_pages_there_are_and_marks_the_nearest(address: str, label: str) -> None:
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    entries = look.rail(request)
    assert [str(entry["label"]) for entry in entries] == ["办件", "来访"]
    assert [str(entry["label"]) for entry in entries if entry["current"]] == [label]


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_edition_is_kept_in_a_cookie_and_leads_back(method: str) -> None:
    response = edition(
        getattr(RequestFactory(), method)("/edition/", {"to": "elder", "next": "/follow/?a=1"})
    )
    assert (response.status_code, response["Location"]) == (302, "/follow/?a=1")
    assert response.cookies["edition"].value == "elder"


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "/\\evil"]
)
def test_the_edition_never_leads_to_another_site(away: str) -> None:
    assert edition(RequestFactory().get("/edition/", {"next": away}))["Location"] == "/"


def test_an_unknown_edition_changes_nothing() -> None:
    assert "edition" not in edition(RequestFactory().get("/edition/", {"to": "huge"})).cookies


def test_dates_are_english_in_the_english_face() -> None:
    with translation.override("en"):
        assert look.day(dt.date(2019, 11, 25)) == "Mon 25 Nov 2019"


@override_settings(ROOT_URLCONF="tests.web.test_look")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_gallery_shows_every_component_in_both_languages(language: str) -> None:
    request = RequestFactory().get("/desk/components/")
    request.user = AnonymousUser()
    with translation.override(language):
        page = gallery.__wrapped__(request).content.decode()
    assert f'lang="{look.html_lang(language)}"' in page
    assert page.count("2611 2345 6789 4") >= 5


def test_every_component_is_in_the_gallery_or_in_a_layout() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    shown = (templates / "desk/components.html").read_text() + "".join(
        file.read_text() for file in sorted((templates / "layout").glob("*.html"))
    )
    components = {file.name for file in (templates / "components").glob("[!_]*.html")}
    inner = {"shape.html"}
    assert {name for name in components - inner if f"components/{name}" not in shown} == set()


def test_pages_hold_no_inline_script_or_style() -> None:
    on_its_own = {"slips.html", "key_sheet.html"}  # also written to a file, where no stylesheet can be linked
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        if template.name in on_its_own:
            continue
        inline = r"<script(?![^>]*(\bsrc=|application/json))|<style|\sstyle=|\son[a-z]+=|hx-on"
        assert not re.search(inline, template.read_text()), template
