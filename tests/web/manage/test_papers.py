"""Templates of papers in the registers: who changes what, previews, versions, letterheads, bad input."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mingbai.papers.kinds import PAPER_KINDS
from mingbai.papers.models import Letterhead, PaperTemplate
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH, City
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db
KIND = "aid_grant"
BODY = PAPER_KINDS.get(KIND).body


@pytest.fixture
def manager(city: City):
    return signed_in(make_user(RoleCode.STATION_MANAGER, station=city.stations[NORTH]))


@pytest.fixture
def supervisor(city: City):
    return signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY]))


def edit(client, where: str, **data):
    return client.post(
        reverse("manage:paper_edit", args=[KIND, where]),
        {"body": BODY, "note": "改措辞", **data},
        follow=True,
    )


def test_the_list_names_every_paper_and_whose_words_hold(city: City, supervisor, manager):
    said = words(supervisor.get(reverse("manage:papers")))
    for kind in PAPER_KINDS:
        assert kind.label in said
    assert "全市" in said and "系统自带" in said
    said = words(manager.get(reverse("manage:papers")))
    assert city.stations[NORTH].name in said and city.stations[SOUTH].name not in said


def test_the_office_changes_its_own_words(city: City, manager):
    said = words(edit(manager, NORTH, body=BODY.replace("经审查", "经依法审查")))
    assert "本站点第 1 版" in said and "改措辞" in said
    row = PaperTemplate.objects.get()
    assert (row.office_id, "经依法审查" in row.body) == (NORTH, True)
    assert "经依法审查" in manager.get(reverse("manage:paper_edit", args=[KIND, NORTH])).content.decode()
    manager.post(reverse("manage:paper_end", args=[KIND, NORTH]), {"reason": "统一"})
    assert "系统自带" in words(manager.get(reverse("manage:paper", args=[KIND, NORTH])))


@pytest.mark.parametrize("where", ["city", SOUTH, "nowhere"])
def test_what_is_not_theirs_is_not_there(city: City, manager, where):
    assert edit(manager, where).status_code == 404
    assert manager.get(reverse("manage:paper", args=[KIND, where])).status_code == 404


def test_the_city_changes_for_all(city: City, supervisor, manager):
    edit(supervisor, "city", body=BODY + "\n= 全市统一格式")
    assert "全市第" in words(manager.get(reverse("manage:paper", args=[KIND, NORTH])))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"body": BODY + "{{申请入}}"}, "没有“申请入”这个字段"),
        ({"body": "# 题"}, "少了必须有的字段：文号"),
        ({"body": ""}, "必填"),
        ({"note": ""}, "必填"),
        ({"docx": SimpleUploadedFile("a.docx", b"not a word file")}, "不是 Word 文件"),
        ({"docx": SimpleUploadedFile("a.docx", b"x" * 2_200_000)}, "最大 2 MB"),
    ],
)
def test_what_cannot_be_used_stands_at_its_field_and_nothing_changes(city: City, manager, data, says):
    response = edit(manager, NORTH, **data)
    assert says in "".join(errors(response)) or says == "必填"
    assert response.status_code == 200
    assert not PaperTemplate.objects.exists()


def test_samples_and_the_file_to_begin_with(city: City, manager):
    for form, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        url = reverse("manage:paper_sample", args=[KIND, NORTH, form])
        assert manager.get(url).content.startswith(head)
    assert manager.get(reverse("manage:paper_start", args=[KIND])).content.startswith(b"PK")
    assert manager.get(reverse("manage:paper_sample", args=[KIND, NORTH, "exe"])).status_code == 404
    assert manager.get(reverse("manage:paper", args=["nothing", NORTH])).status_code == 404


def test_what_is_typed_can_be_looked_at_before_it_is_kept(city: City, manager):
    assert edit(manager, NORTH, preview="1").content.startswith(b"%PDF")
    assert "没有“错”这个字段" in words(edit(manager, NORTH, preview="1", body="# 题 {{错}}"))
    assert not PaperTemplate.objects.exists()


def test_the_letterhead(city: City, manager):
    url = reverse("manage:letterhead", args=[NORTH])
    assert city.stations[NORTH].name in words(manager.get(url))
    manager.post(url, {"name": "新抚区法律援助中心", "word": "新法", "phone": "024-12348"})
    assert Letterhead.objects.get().word == "新法"
    assert manager.get(reverse("manage:letterhead", args=[SOUTH])).status_code == 404


def test_a_clerk_has_nothing_to_do_here(city: City):
    client = signed_in(make_user(RoleCode.WINDOW_CLERK, station=city.stations[NORTH]))
    assert client.get(reverse("manage:papers")).status_code == 403
