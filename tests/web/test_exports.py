"""Every file that is made here and leaves the house says who took it; the journal knows its number."""

import ast
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pypdfium2
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mingbai.journal.models import Entry
from mingbai.people.models import Grant, User
from mingbai.people.roles import ROLES
from tests.cases.factories import CITY, SOUTH, TOWN_SOUTH, make_city
from tests.people.factories import make_user
from tests.web.addresses import address
from tests.web.desk.pages import signed_in
from tests.web.world import World, make_world

pytestmark = pytest.mark.django_db
WEB = Path(settings.BASE_DIR) / "mingbai" / "web"
NAME = "takes.out"
PERSONAL, PLAIN = True, False

# (address, what stands after it, by POST, whether people can be told from it)
EXPORTS = {
    "manage:sheet_out people.csv": ("/manage/sheets/people.csv", None, PERSONAL),
    "manage:sheet_out people.xlsx": ("/manage/sheets/people.xlsx", None, PERSONAL),
    "manage:sheet_out stations.csv": ("/manage/sheets/stations.csv", None, PLAIN),
    "board:figures csv": ("board:figures ?as=csv", None, PLAIN),
    "board:figures xlsx": ("board:figures ?as=xlsx", None, PLAIN),
    "board:figure csv": ("board:figure ?as=csv", None, PLAIN),
    "board:cut csv": ("board:cut ?as=csv", None, PERSONAL),
    "board:map xlsx": ("board:map ?as=xlsx", None, PLAIN),
    "board:weekly_file docx": ("board:weekly_file ", None, PLAIN),
    "board:letter_file docx": ("board:letter_file ", None, PLAIN),
    "board:issued_file docx": ("board:issued_file ", None, PLAIN),
    "desk:paper docx": ("desk:paper ", None, PERSONAL),
    "mediation:file_pdf pdf": ("mediation:file_pdf ", {}, PERSONAL),
    "pay:sheet_file xlsx": ("pay:sheet_file ", None, PERSONAL),
    "pay:budget xlsx": ("pay:budget ", None, PLAIN),
    "manage:paper_sample docx": ("manage:paper_sample ", None, PLAIN),
    "manage:paper_start docx": ("manage:paper_start ", None, PLAIN),
}


@pytest.fixture
def world(db: None) -> World:
    return make_world(make_city(), SOUTH, TOWN_SOUTH)


@pytest.fixture
def everybody(world: World) -> User:
    """One who holds every role there is: what is tried here is the mark, not the door."""
    user = make_user(username=NAME, name="秦取件")
    for role in ROLES:
        Grant.objects.create(user=user, role=role, region_id=CITY, valid_from=timezone.localdate())
    return User.objects.get(pk=user.pk)


def ask(client: Client, world: World, place: str, body: object):
    name, _space, more = place.partition(" ")
    url = name if name.startswith("/") else address(world, name)
    return client.get(url + more) if body is None else client.post(url, body)


def mark_of(content: bytes, suffix: str) -> str:
    if suffix == "csv":
        return content.decode("utf-8-sig").splitlines()[-1]
    if suffix == "pdf":
        return pypdfium2.PdfDocument(content).get_metadata_dict()["Keywords"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("docProps/core.xml").decode()


def number_of(answer) -> str:
    found = re.search(r"filename\*=UTF-8''(\S+)$", answer.headers["Content-Disposition"])
    return unquote(found[1]).rpartition(".")[0].rpartition("-")[2]


def test_every_one_says_who_took_it_and_the_journal_finds_it(world: World, everybody: User):
    """In one test: the world takes seconds to build, an export does not."""
    client = signed_in(everybody)
    for name, (place, body, is_personal) in EXPORTS.items():
        before = set(Entry.objects.values_list("pk", flat=True))
        answer = ask(client, world, place, body)
        assert answer.status_code == 200, (name, answer.status_code, answer.headers.get("Location"))
        number, suffix = number_of(answer), re.split(r"[ .]", name)[-1]
        mark = mark_of(answer.content, suffix)
        told = ("秦取件", NAME, number, f"{timezone.localdate():%Y-%m-%d}")
        assert not [one for one in told if one not in mark], (name, mark)
        assert answer.headers["Cache-Control"] == "private, no-store", name
        written = Entry.objects.filter(verb="user.took_out").exclude(pk__in=before)
        entries = [json.loads(one.data) for one in written]
        digest = hashlib.sha256(answer.content).hexdigest()
        assert [(one["number"], one["digest"]) for one in entries] == [(number, digest)] * is_personal, name


def test_what_a_national_system_reads_has_its_number_in_the_name_alone(world: World, everybody: User):
    url = reverse("filings:out", args=["sft0024"])
    answer = signed_in(everybody).post(url, {"suffix": "csv", "state": ""})
    assert answer.status_code == 200
    assert b"# " not in answer.content.splitlines()[-1] and len(number_of(answer)) == 10
    told = json.loads(Entry.objects.get(verb="user.took_out").data)
    assert told["digest"] == hashlib.sha256(answer.content).hexdigest()


def test_nobody_s_open_data_carry_no_mark(world: World):
    answer = Client().get(reverse("public:open") + "?as=csv")
    assert answer.status_code == 200 and b"# " not in answer.content.splitlines()[-1]
    assert not Entry.objects.filter(verb="user.took_out").exists()


# ── no way beside ──


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {name.id for name in found if isinstance(name, ast.Name)}


def test_there_is_no_other_way_out():
    """The header of a file is set in one place; and where what residents gave goes back as it came."""
    setters = {
        str(path.relative_to(WEB)) for path in WEB.rglob("*.py") if "Content-Disposition" in path.read_text()
    }
    assert setters == {
        "exports.py",
        "sent_files.py",
        "public/follow.py",
        "public/papers.py",
        "seat/sounds.py",
    }


def test_every_view_that_makes_a_file_is_tried_above():
    makers = {
        f"{path.parent.name}/{path.stem}"
        for path in WEB.rglob("*.py")
        if path.name != "exports.py" and calls(path) & {"take_out", "table_file", "drawn_file"}
    }
    tried = {
        "manage/sheets", "board/figures", "board/places", "board/weekly", "board/letters", "desk/issued",
        "mediation/file", "pay/sheets", "manage/papers", "filings/pages", "public/open", "pay/mine",
        "board/cuts",
    }  # fmt: skip
    assert makers == tried, "a new view that makes a file: give it a line in EXPORTS"
