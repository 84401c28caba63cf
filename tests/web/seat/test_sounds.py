"""The pages of announcements: upload, hear, choose; who may, and what is no sound."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingbai.hotline.enums import SoundState
from mingbai.hotline.models import Announcement
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, City, make_city
from tests.hotline.test_sounds import recorded
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def keeper(city: City, tmp_path: Path, settings: Any) -> Any:
    settings.FILES_DIR, settings.PBX_SOUNDS = tmp_path, ""
    return make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="keeper", name="吴督导")


def upload(client: Any, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("告知.wav", content, "audio/wav")
    return client.post("/seat/sounds/new/", {"spoken": "notice", "file": file} | more, follow=True)


def test_from_the_upload_to_its_use(keeper: Any):
    client = signed_in(keeper)
    assert "来电不录音" in words(client.get("/seat/sounds/"))
    assert "待试听" in words(upload(client, recorded()))
    one = Announcement.objects.get()
    url = f"/seat/sounds/{one.pk}/"
    assert "先试听一遍" in errors(client.post(f"{url}choose/"))
    answer = client.post(f"{url}hear/")
    assert answer["Content-Type"] == "audio/wav" and answer.content[:4] == b"RIFF"
    assert "等交换机换上" in words(client.post(f"{url}choose/", follow=True))
    assert "正在使用的不能删" in errors(client.post(f"{url}drop/"))
    assert "使用中" in words(client.post(f"{url}placed/", follow=True))


def test_where_the_process_puts_it_nobody_says_so_by_hand(keeper: Any, settings: Any, tmp_path: Path):
    client = signed_in(keeper)
    upload(client, recorded())
    settings.PBX_SOUNDS = str(tmp_path)
    one = Announcement.objects.get()
    assert client.post(f"/seat/sounds/{one.pk}/placed/").status_code == 403
    assert "放进它的" not in words(client.get(f"/seat/sounds/{one.pk}/"))
    assert one.state == SoundState.UPLOADED


@pytest.mark.parametrize("content", [b"ID3\x04mp3", b"", b"MZ" + b"\x00" * 500, recorded(seconds=0.1)])
def test_what_is_no_sound_stays_on_the_form(keeper: Any, content: bytes):
    assert errors(upload(signed_in(keeper), content)) and not Announcement.objects.exists()
    assert errors(upload(signed_in(keeper), recorded(), spoken="x"))


def test_only_who_keeps_the_rules_of_the_line(city: City, keeper: Any):
    upload(signed_in(keeper), recorded())
    one = Announcement.objects.get()
    for path in ("/seat/sounds/", "/seat/sounds/new/", f"/seat/sounds/{one.pk}/hear/"):
        assert signed_in(city.alice).get(path).status_code == 403
        assert signed_in(city.supervisor).get(path).status_code == 403  # of a county
