"""Backup and restore for real, on the database of the test: whole, refused when not, and never half."""

import io
import json
import resource
import shutil
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from mingbai.cases.actions.files import attach, open_attachment
from mingbai.cases.models import Attachment, Case
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.presence import alone
from mingbai.core.refused import Refused
from mingbai.journal.guards import without_guards
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.upkeep import actions, archive
from mingbai.upkeep.actions import backups, restoring
from mingbai.upkeep.databases.postgresql import _session
from mingbai.upkeep.databases.sqlite import SQLite
from mingbai.upkeep.queries import has_end, last_checked, newest_backup
from tests.cases.factories import make_case, make_city
from tests.process import start, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture
def place(tmp_path, settings):
    """A data folder and a folder of backups of this test's own."""
    settings.MINGBAI_DATA = tmp_path / "data"
    settings.FILES_DIR = tmp_path / "data" / "files"
    settings.MINGBAI_DATA.mkdir()
    (tmp_path / "backups").mkdir()
    yield tmp_path / "backups"
    connections.close_all()


@pytest.fixture
def city(place):
    return make_city()


def opened(number):
    return [make_case(text=f"第 {n} 件") for n in range(number)]


def with_file(case):
    return attach(
        case=case, by=RESIDENT, name="工资条.png", stream=io.BytesIO(PNG), size=len(PNG), by_resident=True
    )


def back_up(place, name="a.backup"):
    actions.back_up(by=SYSTEM, file=place / name)
    return place / name


def refusal(code, work):
    with pytest.raises(Refused) as caught:
        work()
    assert caught.value.code == code, str(caught.value)
    return caught.value


def test_what_was_there_comes_back_and_what_came_later_is_gone(city, place, settings):
    case = opened(3)[0]
    kept = with_file(case)
    (settings.MINGBAI_DATA / "models").mkdir()
    (settings.MINGBAI_DATA / "models" / "topics.model").write_bytes(b"learned")
    file = back_up(place)
    entries = Entry.objects.count()

    later = make_case(text="之后的一件")
    shutil.rmtree(settings.FILES_DIR)
    shutil.rmtree(settings.MINGBAI_DATA / "models")
    told = actions.restore(by=SYSTEM, file=file)

    assert told["files"] == 2
    assert Case.objects.count() == 3 and not Case.objects.filter(number=later.number).exists()
    assert Entry.objects.count() == entries and verify().is_whole
    assert verify().missing_guards == []
    assert open_attachment(attachment=Attachment.objects.get(pk=kept.pk), by=RESIDENT) == PNG
    assert (settings.MINGBAI_DATA / "models" / "topics.model").read_bytes() == b"learned"
    make_case(text="恢复以后照常受理")  # sequences, triggers and locks are in order
    assert verify().is_whole


def test_nothing_of_the_scratch_is_left(city, place, settings):
    actions.restore(by=SYSTEM, file=back_up(place))
    assert [path.name for path in place.iterdir()] == ["a.backup"]
    assert [path.name for path in settings.MINGBAI_DATA.iterdir() if path.name.startswith(".")] == []


def test_the_key_is_not_inside_and_its_fingerprint_is(city, place, settings):
    (settings.MINGBAI_DATA / "key").write_text(settings.MINGBAI_KEY.hex())
    case = with_file(opened(1)[0]).case
    blob = back_up(place).read_bytes()
    assert settings.MINGBAI_KEY not in blob and settings.MINGBAI_KEY.hex().encode() not in blob
    assert "赵福山".encode() not in blob and case.number.encode() in blob or connection.vendor == "postgresql"
    assert archive.read_head(place / "a.backup")["key"]


def test_another_key_is_refused_and_changes_nothing(city, place, settings):
    file = back_up(place)
    opened(1)
    before = Case.objects.count()
    settings.MINGBAI_KEY = b"\x77" * 32
    assert "密钥" in str(refusal("other_key", lambda: actions.restore(by=SYSTEM, file=file)))
    assert Case.objects.count() == before


def test_check_compares_and_leaves_a_note(city, place):
    opened(2)
    file = place / "mingbai-20261129-030000.backup"
    actions.back_up(by=SYSTEM, file=file)
    assert newest_backup(place).checked_at is None
    actions.check(by=SYSTEM, file=file)
    assert newest_backup(place).checked_at == last_checked(place) is not None


def test_check_finds_what_differs(city, place, monkeypatch):
    opened(1)
    true_facts = backups.database().dump

    class Liar(type(backups.database())):
        def dump(self, to):
            facts = true_facts(to)
            facts.counts["cases_case"] += 1
            return facts

    monkeypatch.setattr(backups, "database", Liar)
    file = back_up(place)
    assert "cases_case" in str(refusal("differs", lambda: actions.check(by=SYSTEM, file=file)))


def test_check_finds_a_journal_that_was_broken_before_the_backup(city, place):
    opened(1)
    with without_guards(connection):
        Entry.objects.filter(pk=Entry.objects.order_by("pk").first().pk).update(verb="altered")
    file = back_up(place)
    refusal("journal_broken", lambda: actions.check(by=SYSTEM, file=file))


# ── damaged, cut, foreign ──


def damage(file, how):
    blob = bytearray(file.read_bytes())
    if how == "a bit in the middle":
        blob[len(blob) // 2] ^= 1
    elif how == "cut in the middle":
        del blob[len(blob) // 2 :]
    elif how == "cut before the end":
        del blob[blob.rindex(b"end.json") :]
    elif how == "the end alone altered":
        at = blob.rindex(b'"members"')
        blob[at + 11] = blob[at + 11] ^ 1
    elif how == "the head alone altered":
        at = blob.index(b'"city"')
        blob[at + 10] ^= 1
    elif how == "empty":
        blob.clear()
    file.write_bytes(blob)


DAMAGES = (
    "a bit in the middle",
    "cut in the middle",
    "cut before the end",
    "the end alone altered",
    "the head alone altered",
)


def test_a_damaged_file_is_refused_and_changes_nothing(city, place):
    whole = back_up(place).read_bytes()
    opened(2)
    for how in DAMAGES:
        file = place / "damaged"
        file.write_bytes(whole)
        damage(file, how)
        refusal("damaged", lambda file=file: actions.restore(by=SYSTEM, file=file))
        refusal("damaged", lambda file=file: actions.check(by=SYSTEM, file=file))
    assert Case.objects.count() == 2


def test_a_foreign_file_is_refused(place):
    for content in (b"", b"PK\x03\x04 a zip", b"x" * 5000, bytes(20480)):
        (place / "x").write_bytes(content)
        refused = pytest.raises(Refused, actions.restore, by=SYSTEM, file=place / "x").value
        assert refused.code in {"not_a_backup", "damaged"}
    refusal("no_file", lambda: actions.restore(by=SYSTEM, file=place / "none"))
    refusal("no_file", lambda: actions.restore(by=SYSTEM, file=place))


def test_a_foreign_tar_is_refused(place):
    with tarfile.open(place / "x", "w") as tar:
        tar.addfile(tarfile.TarInfo("etc/passwd"))
    refusal("not_a_backup", lambda: actions.restore(by=SYSTEM, file=place / "x"))


def test_a_member_never_leaves_its_folder(place):
    """Forged with the key at hand: the names are still looked at."""
    for name in ("../key", "files/../../key", "/etc/passwd", "key", "files/.hidden", "files//a"):
        with archive.writing(place / "x") as out:
            out.add_json(archive.HEAD, backups._head(timezone.now(), []))
            out.add_json(name, {})
            out.end({"facts": {}, "files": 0})
        refusal("damaged", lambda: actions.restore(by=SYSTEM, file=place / "x"))


def test_a_backup_of_a_newer_version_is_refused(city, place, monkeypatch):
    file = back_up(place)
    known = restoring._known_migrations()
    monkeypatch.setattr(restoring, "_known_migrations", lambda: known - {"cases.0001_initial"})
    assert "升级" in str(refusal("newer_version", lambda: actions.restore(by=SYSTEM, file=file)))


# ── never half ──


def test_while_the_house_runs_nothing_is_restored(city, place, settings, tmp_path):
    file = back_up(place)
    with alone(settings.MINGBAI_DATA):
        refusal("running", lambda: actions.restore(by=SYSTEM, file=file))
    actions.restore(by=SYSTEM, file=file)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no sessions of other machines")
def test_a_session_from_another_machine_stops_a_restore(city, place):
    file = back_up(place)
    with _session():
        refusal("running", lambda: actions.restore(by=SYSTEM, file=file))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite's database is a file of the house")
def test_a_process_that_holds_the_database_stops_a_restore(city, place, tmp_path):
    """It would write on into the old file, and lose what it acknowledged."""
    file = back_up(place)
    code = "import time; from django.db import connection; connection.ensure_connection(); time.sleep(600)"
    held = start(code, tmp_path / "log")
    try:
        wait_until(lambda: SQLite().others() == 1)
        refusal("running", lambda: actions.restore(by=SYSTEM, file=file))
    finally:
        held.kill()
        held.wait()
    actions.restore(by=SYSTEM, file=file)


def test_a_database_that_cannot_be_loaded_changes_nothing(city, place, monkeypatch):
    """The proof holds, but what is inside is no database: somebody's mistake with the key at hand."""
    opened(2)

    class Junk(type(backups.database())):
        def dump(self, to):
            facts = super().dump(to)
            to.write_bytes(b"this is no database" * 100)
            return facts

    monkeypatch.setattr(backups, "database", Junk)
    file = back_up(place)
    make_case(text="还在")
    refusal("damaged", lambda: actions.restore(by=SYSTEM, file=file))
    assert Case.objects.count() == 3 and verify().is_whole


def test_a_disk_that_is_full_keeps_the_old_backup(city, place):
    """A limit on the size of files does what a full disk does."""
    opened(1)
    file = back_up(place)
    before = file.read_bytes()
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, old[1]))
    try:
        refused = refusal(
            "disk_full" if connection.vendor == "sqlite" else "backup_failed", lambda: back_up(place)
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert "没有动" in str(refused)
    assert file.read_bytes() == before
    assert [path.name for path in place.iterdir()] == ["a.backup"]


def test_a_restore_without_space_changes_nothing(city, place):
    file = back_up(place)
    opened(2)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, old[1]))
    try:
        refusal("disk_full", lambda: actions.restore(by=SYSTEM, file=file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert Case.objects.count() == 2


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite's database is a file of the house")
def test_the_old_database_stays_beside(city, place):
    file = back_up(place)
    case = opened(1)[0]
    actions.restore(by=SYSTEM, file=file)
    folder = type(file)(str(connection.settings_dict["NAME"])).parent
    aside = sorted(folder.glob("*.before-restore-*"))[-1]
    assert case.number.encode() in aside.read_bytes()


# ── while writing goes on ──

_INTAKE = """
import itertools, sys
from pathlib import Path
from tests.cases.factories import make_case, with_paper
out = open({acknowledged!r}, "a")
for n in itertools.count():
    case = make_case(text="诉求")
    if n % 3 == 0:
        with_paper(case)
    print(case.number, file=out, flush=True)
"""


def test_a_backup_under_load_is_one_moment(city, place, tmp_path, settings):
    """Every number acknowledged before it began is inside, each with its history and its file."""
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    changes = {"FILES_DIR": str(settings.FILES_DIR), "MINGBAI_DATA": str(settings.MINGBAI_DATA)}
    writers = [
        start(_INTAKE.format(acknowledged=str(acknowledged)), tmp_path / "log", **changes) for _ in range(2)
    ]
    try:
        wait_until(lambda: len(acknowledged.read_text().splitlines()) > 20)
        moments = []
        for n in range(3):
            before = acknowledged.read_text().split()
            moments.append((before, back_up(place, f"{n}.backup")))
        assert all(writer.poll() is None for writer in writers), (tmp_path / "log").read_text()
        assert len(acknowledged.read_text().split()) > len(before), "nobody waited for the backup"
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    for before, file in moments:
        shutil.rmtree(settings.FILES_DIR)
        wait_until(lambda file=file: restored(file))
        assert set(before) <= set(Case.objects.values_list("number", flat=True))
        assert verify().is_whole
        assert all(
            (settings.FILES_DIR / path).exists() for path in Attachment.objects.values_list("path", flat=True)
        )


def restored(file):
    """PostgreSQL sees a killed writer's session a moment longer."""
    try:
        return actions.restore(by=SYSTEM, file=file)
    except Refused as refused:
        assert refused.code == "running"
        return None


# ── the commands ──


def test_into_a_folder_it_names_and_rotates(city, place, capsys):
    old = [place / f"mingbai-2026010{day}-030000.backup" for day in range(1, 4)]
    for path in old:
        path.write_bytes(b"old")
    call_command("backup", str(place), "--keep", "1,0,0", "--check")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["rows"] > 100 and [str(path) for path in place.glob("*.backup")] == [told["file"]]
    call_command("restore", told["file"], "--check")
    assert "The backup is good" in capsys.readouterr().out


@pytest.mark.parametrize("keep", ["1", "a,b,c", "0,1,1", "-1,2,3", "1,2,3,4"])
def test_a_bad_rule_of_rotation_is_refused_before_anything(place, keep):
    with pytest.raises(CommandError, match="--keep"):
        call_command("backup", str(place), f"--keep={keep}")
    assert list(place.iterdir()) == []


def test_only_one_backup_at_a_time(city, place):
    with backups._only_one():
        refusal("busy", lambda: back_up(place))


def test_no_folder_is_said(place):
    with pytest.raises(CommandError, match="没有这个文件夹"):
        call_command("backup", str(place / "none" / "a.backup"))


def test_a_cut_backup_does_not_count_as_the_newest(city, place):
    good, cut = place / "mingbai-20261128-030000.backup", place / "mingbai-20261129-030000.backup"
    actions.back_up(by=SYSTEM, file=good)
    blob = good.read_bytes()
    cut.write_bytes(blob[: blob.rindex(b"end.json")])
    assert has_end(good) and not has_end(cut)
    assert newest_backup(place).path == good
    assert good.stat().st_mode & 0o077 == 0
