"""The doctor names what is wrong, each thing made wrong on purpose."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.hotline.actions import switch
from mingbai.journal import actions as journal
from mingbai.journal.guards import drop_guards
from mingbai.journal.models import KeyCheck, Seal
from mingbai.notices.actions import notify
from mingbai.notices.enums import NoticeState
from mingbai.notices.models import Job, Notice
from mingbai.people.roles import RoleCode
from mingbai.places.models import CalendarDay
from mingbai.upkeep import actions, doctor
from mingbai.upkeep.doctor import outside, storage, working
from mingbai.upkeep.doctor.finding import Level
from mingbai.upkeep.rules import limits
from tests.cases.factories import NORTH, make_city

pytestmark = pytest.mark.django_db
GIGA = 1024**3
NOW = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path, settings):
    settings.MINGBAI_DATA = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_DIR.mkdir()
    return settings.BACKUP_DIR


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (0.5, 100, 2),
        (2, 100, 2),
        (4, 30, 1),
        (6, 100, 1),
        (20, 100, 0),
        (6, 30, 0),
        (60, 1000, 1),
        (20, 1000, 2),
    ],
)
def test_a_disk_is_judged_by_what_is_left_and_by_its_share(free, total, level):
    assert limits.disk(int(free * GIGA), int(total * GIGA)) == level


@pytest.mark.parametrize(
    ("today", "estimated", "level"),
    [
        (date(2026, 11, 1), {2027}, 0),
        (date(2026, 11, 15), {2027}, 1),
        (date(2026, 12, 20), {2027}, 2),
        (date(2026, 12, 31), set(), 0),
        (date(2027, 1, 1), {2027}, 2),
    ],
)
def test_the_calendar_of_next_year_is_asked_for_in_time(today, estimated, level):
    assert limits.calendar(today, estimated) == level


def test_no_folder_no_backup_a_fresh_one_and_an_old_one(folder, settings):
    settings.BACKUP_DIR = None
    assert storage.backup(NOW).level == Level.WARN
    settings.BACKUP_DIR = folder
    assert storage.backup(NOW).level == Level.BAD
    file = actions.scheduled_backup(by=SYSTEM, now=NOW)
    found = storage.backup(NOW)
    assert found.level == Level.WARN and "试恢复" in found.says
    file.with_name(f"{file.name}.checked").write_text(json.dumps({"checked_at": NOW.isoformat()}))
    assert storage.backup(NOW + timedelta(hours=20)).level == Level.GOOD
    assert storage.backup(NOW + timedelta(hours=31)).level == Level.WARN
    assert storage.backup(NOW + timedelta(days=4)).level == Level.BAD


@pytest.mark.django_db(transaction=True)
def test_the_worker_backs_up_once_a_night(folder):
    night = datetime(2026, 11, 29, 20, 30, tzinfo=UTC)  # half past four in the morning in the city
    assert actions.scheduled_backup(by=SYSTEM, now=night)
    assert actions.scheduled_backup(by=SYSTEM, now=night + timedelta(hours=1)) is None
    assert actions.scheduled_backup(by=SYSTEM, now=night + timedelta(hours=21)) is None, "not before three"
    assert actions.scheduled_backup(by=SYSTEM, now=night + timedelta(hours=23))
    assert len(list(folder.glob("*.backup"))) == 2


def test_a_failing_nightly_backup_stops_no_worker(folder, settings):
    settings.BACKUP_DIR = folder / "file"
    settings.BACKUP_DIR.write_text("no folder")
    assert actions.scheduled_backup(by=SYSTEM, now=NOW) is None


def test_the_key_fits_is_printed_and_lies_apart(folder, capsys, tmp_path):
    assert storage.key(NOW).level == Level.WARN
    call_command("key_sheet", str(tmp_path / "sheet.html"))
    assert storage.key(NOW).level == Level.GOOD
    sheet = (tmp_path / "sheet.html").read_text()
    groups = re.findall(r"<td>([0-9a-f]{4})</td>", sheet)
    assert "".join(groups) == django_settings.MINGBAI_KEY.hex() * 2, "two copies"
    assert (tmp_path / "sheet.html").stat().st_mode & 0o077 == 0
    (folder / "key").touch()
    assert storage.key(NOW).level == Level.BAD
    KeyCheck.objects.update(fingerprint="another")
    assert "不是" in storage.key(NOW).says


def test_a_clock_that_was_set_back_is_found():
    journal.write(chain="case:1", verb="case.opened", by=SYSTEM, at=NOW + timedelta(hours=1))
    found = outside.clock(NOW)
    assert found.level == Level.BAD and "1 小时" in found.says
    assert outside.clock(NOW + timedelta(hours=2)).level < Level.BAD


def certificate(days):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fuwu.example")])
    begin = NOW - timedelta(days=400)
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, begin, NOW + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.mark.parametrize(("days", "level"), [(100, 0), (20, 1), (2, 2), (-1, 2)])
def test_a_certificate_that_ends_is_told(days, level, tmp_path, settings):
    settings.TLS_CERTIFICATE = str(tmp_path / "site.pem")
    (tmp_path / "site.pem").write_bytes(certificate(days))
    assert outside.certificate(NOW).level == level


def test_a_certificate_that_cannot_be_read_is_told(tmp_path, settings):
    settings.TLS_CERTIFICATE = str(tmp_path / "site.pem")
    assert outside.certificate(NOW).level == Level.BAD
    (tmp_path / "site.pem").write_text("nonsense")
    assert outside.certificate(NOW).level == Level.BAD


def test_a_silent_worker_and_a_failing_job_are_told():
    assert working.worker(NOW).level == Level.BAD
    Job.objects.create(name="journal.seal", next_at=NOW, last_ok_at=NOW - timedelta(minutes=1))
    assert working.worker(NOW).level == Level.GOOD
    Job.objects.create(name="x", next_at=NOW, error="ValueError: broken")
    assert "broken" in working.worker(NOW).says
    assert "没有动静" in working.worker(NOW + timedelta(hours=1)).says


def test_a_waiting_and_a_failed_notice_are_told():
    assert working.outbox(NOW).level == Level.GOOD
    notify(
        by=SYSTEM,
        event="e",
        to="t",
        transport="console",
        template="doctor",
        address="1",
        context={},
        due_at=NOW,
    )
    assert working.outbox(NOW + timedelta(minutes=5)).level == Level.GOOD
    assert working.outbox(NOW + timedelta(hours=1)).level == Level.WARN
    assert working.outbox(NOW + timedelta(hours=7)).level == Level.BAD
    Notice.objects.update(state=NoticeState.FAILED)
    assert working.outbox(timezone.now()).level == Level.WARN


def test_missing_seals_and_triggers_are_told():
    assert working.seals(NOW).level == Level.GOOD
    journal.write(chain="case:1", verb="case.opened", by=SYSTEM)
    assert working.seals(NOW).level == Level.BAD, "never sealed"
    Seal.objects.create(at=NOW, leaves="[]", count=0, prev="", root="r")
    assert working.seals(NOW + timedelta(minutes=2)).level == Level.GOOD
    assert working.seals(NOW + timedelta(minutes=20)).level == Level.WARN
    drop_guards(connection)
    assert "触发器" in working.seals(NOW).says


def test_the_calendar_is_read_from_its_rows():
    CalendarDay.objects.filter(date__year__in=(2026, 2027)).update(is_estimated=False)
    assert outside.calendar(NOW).level == Level.GOOD
    CalendarDay.objects.update_or_create(
        date=date(2027, 5, 1), defaults={"is_estimated": True, "source": "x", "is_workday": False}
    )
    assert outside.calendar(NOW).level == Level.WARN


def test_missing_migrations_are_told(monkeypatch):
    assert working.migrations(NOW).level == Level.GOOD
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("journal", "0009")])
    assert working.migrations(NOW).level == Level.BAD


def test_slow_queries_are_told(monkeypatch):
    assert working.slow(NOW).level == Level.GOOD, "asked of the database itself"
    monkeypatch.setattr(working, "_slow_counted", lambda _folder: 3)
    monkeypatch.setattr(working, "_hanging", lambda: 0)
    assert "3" in working.slow(NOW).says
    monkeypatch.setattr(working, "_hanging", lambda: 1)
    monkeypatch.setattr(working, "_wal_size", lambda: 10**9)
    assert working.slow(NOW).level == Level.WARN


def test_one_check_that_breaks_stops_no_other(monkeypatch):
    def broken(now):
        raise OperationalError("away")

    monkeypatch.setitem(doctor.CHECKS, "disk", ("磁盘", broken))
    found = doctor.examine(NOW)
    assert found["disk"].level == Level.BAD and len(found) == len(doctor.CHECKS)
    assert doctor.one_line(found).count("磁盘") == 1


def test_the_exit_code_is_the_worst(monkeypatch, capsys):
    for level in Level:
        one = {"disk": ("磁盘", lambda now, level=level: doctor.Finding(level, "看看", "做点什么"))}
        monkeypatch.setattr(doctor, "CHECKS", one)
        monkeypatch.setattr("mingbai.upkeep.management.commands.doctor.CHECKS", one)
        with pytest.raises(SystemExit) as ended:
            call_command("doctor")
        assert ended.value.code == level
        with pytest.raises(SystemExit):
            call_command("doctor", "--json")
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["disk"]["level"] == level


def test_one_line_a_day_to_the_system_administrator():
    city = make_city()
    admin = city.users[RoleCode.SYSTEM_ADMIN]
    morning = timezone.localtime().replace(hour=9)
    assert actions.tell_health(by=SYSTEM, now=morning) == 0, "nobody has an address"
    type(admin).objects.filter(pk=admin.pk).update(email="ops@example.cn")
    assert actions.tell_health(by=SYSTEM, now=morning.replace(hour=7)) == 0
    assert actions.tell_health(by=SYSTEM, now=morning) == 1
    assert actions.tell_health(by=SYSTEM, now=morning.replace(hour=15)) == 0, "once a day"
    (notice,) = Notice.objects.filter(event__startswith="doctor:")
    assert "后台进程" in json.loads(notice.context)["line"]


def test_alerts_name_only_figures_that_there_are(client):
    rules = (Path(django_settings.BASE_DIR) / "ops/prometheus/alerts.yml").read_text()
    named = set(re.findall(r"\bmingbai_[a-z_]+", rules))
    told = client.get("/metrics").content.decode()
    assert len(named) >= 7
    assert {name for name in named if name not in told} == set()
    assert 'mingbai_doctor{check="backup"}' in told


def test_an_exchange_that_is_away_and_a_process_that_is_silent_are_named(settings):
    assert working.line(NOW).level == Level.GOOD and "PBX_URL" in working.line(NOW).says
    settings.PBX_URL = "http://127.0.0.1:8088"
    assert (working.line(NOW).level, "从来没有" in working.line(NOW).says) == (Level.BAD, True)
    station = make_city().stations[NORTH].pk
    switch.beat(by=SYSTEM, station=station, at=NOW, has_exchange=True)
    assert working.line(NOW + timedelta(seconds=10)).level == Level.GOOD
    silent = working.line(NOW + timedelta(minutes=3))
    assert silent.level == Level.BAD and "3 分钟" in silent.says and "mingbai-line" in silent.do
    switch.beat(by=SYSTEM, station=station, at=NOW, has_exchange=False)
    away = working.line(NOW)
    assert away.level == Level.BAD and "连不上" in away.says and "PBX_PASSWORD" in away.do


def test_papers_need_their_libraries_and_a_chinese_font(monkeypatch, tmp_path):
    assert outside.papers(NOW).level == Level.GOOD
    monkeypatch.setattr(outside, "FONT_FOLDERS", (tmp_path,))
    found = outside.papers(NOW)
    assert found.level == Level.BAD and "fonts-noto-cjk" in found.do
    (tmp_path / "NotoSerifCJK-Regular.ttc").touch()
    assert outside.papers(NOW).level == Level.GOOD
    monkeypatch.setattr(outside, "_DRAWING", ("libnothing.so.7",))
    found = outside.papers(NOW)
    assert found.level == Level.BAD and "libnothing.so.7" in found.says and "libpango" in found.do
