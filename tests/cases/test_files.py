"""Attachments: what they are, where they lie, and that nothing is half-written."""

import errno
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from mingbai.cases import filestore
from mingbai.cases.actions import files, residents, work
from mingbai.cases.models import Attachment, Case, PaperAsked
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from tests.cases.factories import City, make_case, make_closed, make_taken
from tests.cases.test_work import last

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


def put(case, content=PNG, name="欠条.png", by=RESIDENT, size=None, **more):
    size = len(content) if size is None else size
    values = {"by_resident": True, **more}
    return files.attach(case=case, by=by, name=name, stream=io.BytesIO(content), size=size, **values)


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def refused(*args, **more):
    with pytest.raises(Refused) as caught:
        put(*args, **more)
    return caught.value.code


def test_a_file_is_kept_encrypted_outside_and_opens_again(city: City, folder):
    attachment = put(make_case())
    (file,) = stored(folder)
    assert PNG not in file.read_bytes() and str(file.relative_to(folder)) == attachment.path
    assert len(Path(attachment.path).parts) == 3 and file.stat().st_mode & 0o077 == 0
    attachment = Attachment.objects.get(pk=attachment.pk)
    assert (attachment.name, attachment.content_type, attachment.size) == ("欠条.png", "image/png", len(PNG))
    assert files.open_attachment(attachment=attachment, by=RESIDENT) == PNG
    assert last(attachment.case)[0] == "case.attached" and "欠条" not in str(last(attachment.case))


def test_a_look_by_staff_is_in_the_history(city: City):
    attachment = put(make_case())
    files.open_attachment(attachment=attachment, by=city.alice.actor)
    assert last(attachment.case)[0] == "case.attachment_opened"


@pytest.mark.parametrize(
    ("content", "name", "size", "code"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60, "欠条.png", None, "file_type_mismatch"),
        (PNG, "欠条.exe", None, "file_type"),
        (b"", "欠条.png", None, "file_empty"),
        (PNG, "欠条.png", 10**9, "file_too_large"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_left(city: City, folder, content, name, size, code):
    assert refused(make_case(), content, name, size=size) == code
    assert not folder.exists() or stored(folder) == []


def test_a_size_that_lies_is_not_believed(city: City, settings):
    settings.ATTACHMENT_MAX_BYTES = 50
    assert refused(make_case(), PNG, size=10) == "file_too_large"


def test_a_matter_takes_so_many_files_and_no_more(city: City, folder, settings):
    settings.ATTACHMENTS_PER_CASE = 1
    case = make_case()
    put(case)
    assert refused(case) == "too_many_files" and len(stored(folder)) == 1


def test_residents_add_to_open_matters_staff_also_later(city: City):
    case = make_closed(city)
    assert refused(case) == "wrong_state"
    assert put(case, by=city.alice.actor, by_resident=False).pk


def test_a_file_for_an_asked_paper_ticks_it_off(city: City):
    case = work.ask(case=make_taken(city), by=city.alice.actor, text="请补", papers=["欠条"])
    paper = case.papers_asked.get()
    put(case, paper=paper)
    assert PaperAsked.objects.get(pk=paper.pk).given_at
    assert Case.objects.get(pk=case.pk).state == "waiting"


def test_names_lose_folders_and_length(city: City):
    assert put(make_case(), name="C:\\我的\\欠条.png").name == "欠条.png"
    assert put(make_case(), name="../" + "长" * 300 + ".png").name.endswith(".png")


def test_a_full_disk_says_so_and_leaves_nothing(city: City, folder, monkeypatch):
    case, entries = make_case(), Entry.objects.count()

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(filestore.os, "fsync", full)
    assert refused(case) == "disk_full"
    assert stored(folder) == [] and not Attachment.objects.exists() and Entry.objects.count() == entries


def test_another_failure_of_the_disk_is_not_hidden(city: City, folder, monkeypatch):
    case = make_case()

    def broken(_handle):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(filestore.os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        put(case)
    assert stored(folder) == []


def test_a_row_that_fails_takes_its_file_along(city: City, folder, monkeypatch):
    def full(*_args, **_more):
        raise OperationalError("database or disk is full")

    case = make_case()
    monkeypatch.setattr(files, "enter", full)
    assert refused(case) == "disk_full"
    assert stored(folder) == [] and not Attachment.objects.exists()


def test_orphans_are_swept_after_a_day_and_files_with_rows_stay(city: City, folder):
    attachment = put(make_case())
    filestore.store("aa/bb/orphan", b"x")
    (folder / "aa/bb/.gone.draft").write_bytes(b"half")
    now = timezone.now()
    assert files.sweep_files(by=SYSTEM, now=now) == 0
    assert files.sweep_files(by=SYSTEM, now=now + timedelta(days=2)) == 2
    assert [str(path.relative_to(folder)) for path in stored(folder)] == [attachment.path]


@pytest.mark.parametrize("harm", ["gone", "altered", "swapped"])
def test_a_file_that_is_not_what_was_kept_does_not_open(city: City, folder, harm):
    attachment = put(make_case())
    path = folder / attachment.path
    if harm == "gone":
        path.unlink()
    elif harm == "altered":
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    else:
        path.write_bytes((folder / put(attachment.case, PNG + b"1").path).read_bytes())
    with pytest.raises(Refused) as caught:
        files.open_attachment(attachment=attachment, by=RESIDENT)
    assert caught.value.code == "file_lost"


def test_erasing_the_person_takes_the_files(city: City, folder, django_capture_on_commit_callbacks):
    case = make_case()
    put(case)
    work.withdraw(case=case, by=RESIDENT, reason="x")
    with django_capture_on_commit_callbacks(execute=True):
        residents.erase(resident=case.speaker, by=city.supervisor.actor, reason="本人要求")
    assert stored(folder) == []
    assert settings.FILES_DIR == folder
