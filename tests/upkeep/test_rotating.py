"""The master key is exchanged under intake, killed and begun again: nothing unreadable or not found."""

import io
import random
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from mingbai.cases.actions.files import attach, open_attachment
from mingbai.cases.models import Attachment, Case, Resident
from mingbai.cases.queries import known_people
from mingbai.core import keyfile
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.crypto import DamagedValue, Keyring, keys_now
from mingbai.core.keyfile import Keys, others_of, write_keys
from mingbai.core.refused import Refused
from mingbai.journal.actions import claim_key
from mingbai.journal.models import Entry, KeyCheck
from mingbai.journal.queries import key_fits, verify
from mingbai.people.actions import issue_key
from mingbai.people.queries import key_for
from mingbai.upkeep import rewrapping
from mingbai.upkeep.actions import rotating
from mingbai.upkeep.queries import standing
from tests.cases.factories import make_case, make_city
from tests.process import start, wait_until
from tests.rotation import key_file, not_of_today, unreadable

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
ROTATE = """
from pathlib import Path
from django.conf import settings
settings.MINGBAI_KEY_PATH = Path({path!r})
from mingbai.core.actor import SYSTEM
from mingbai.upkeep import rewrapping
from mingbai.upkeep.actions.rotating import rotate
rewrapping.STEP = 3
rotate(by=SYSTEM, progress=lambda name, tally: print(name, tally.changed, flush=True))
"""


@pytest.fixture
def key(tmp_path, settings):
    """The key of the tests as a file in use, beside the first data."""
    settings.FILES_DIR = tmp_path / "files"
    settings.MINGBAI_KEY_PATH = key_file(tmp_path, settings.MINGBAI_KEY)
    claim_key(by=SYSTEM)
    yield settings.MINGBAI_KEY_PATH
    connections.close_all()


@pytest.fixture
def city(key):
    return make_city()


def phone(n):
    return f"139{n:08d}"


def come(n):
    case = make_case(text=f"第 {n} 件", name=f"来人{n}", phone=phone(n))
    blob = PNG + str(n).encode()
    attach(
        case=case, by=RESIDENT, name="工资条.png", stream=io.BytesIO(blob), size=len(blob), by_resident=True
    )
    return case


class Crowd:
    """Some come in, some are looked up; what went wrong is kept in words."""

    def __init__(self):
        self.came, self.wrong, self.looks = [], [], 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(each,)) for each in (self._in, self._look)]

    def _run(self, what):
        try:
            while not self.stopping.wait(0.005):
                what()
        except BaseException as error:  # shown by the test
            self.wrong.append(repr(error))
        finally:
            connections.close_all()

    def _in(self):
        n = 1000 + len(self.came)
        come(n)
        self.came.append(n)

    def _look(self):
        n = random.choice([*range(8), *self.came])
        found = known_people(phone=phone(n))
        if [one.resident.name for one in found] != [f"来人{n}"]:
            self.wrong.append(f"{n} is not found: {found}")
        case = Case.objects.get(speaker=found[0].resident)
        if case.text != f"第 {n} 件":
            self.wrong.append(f"{n} says {case.text}")
        self.looks += 1

    def go_on(self):
        came, looks = len(self.came), self.looks
        wait_until(lambda: (len(self.came) > came + 1 and self.looks > looks + 1) or self.wrong)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.go_on()
        return self

    def __exit__(self, *raised):
        self.go_on()
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)


def opened_by(master):
    """How many persons' keys one master alone opens."""
    ring, count = Keyring(master), 0
    for row in Resident.objects.order_by("pk"):
        try:
            count += ring.rewrapped(bytes(row.key)) == bytes(row.key)
        except DamagedValue:
            continue
    return count


def test_the_key_is_exchanged_while_people_come_and_are_looked_up(city, key, settings):
    old = settings.MINGBAI_KEY
    for n in range(8):
        come(n)
    secret = issue_key(by=SYSTEM, partner=city.partner)
    with Crowd() as crowd:
        assert rotating.rotate(by=SYSTEM) == []
        crowd.go_on()
        assert rotating.finish(by=SYSTEM, now=timezone.now(), at_once=True) == []
    assert crowd.wrong == []
    assert unreadable() == [] and not_of_today() == []
    assert opened_by(old) == 0 and opened_by(keys_now().master) == Resident.objects.count() > 12
    assert keys_now().master != old and keys_now().older == ()
    for row in Attachment.objects.order_by("pk"):
        assert open_attachment(attachment=row, by=SYSTEM).startswith(PNG)
    assert key_for(secret).partner == city.partner, (
        "nobody keeps a partner's key: it is known by its old hash"
    )
    assert key_fits(keys_now().master) and not key_fits(old)
    assert verify().is_whole
    verbs = list(Entry.objects.filter(chain="house").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["key.switched", "key.finished"]


def killed_after(steps, log, key, dice):
    """Rotate in a process of its own, kill it so many steps later and a moment more."""
    process = start(ROTATE.format(path=str(key)), log)
    try:
        wait_until(lambda: log.read_bytes().count(b"\n") >= steps or process.poll() is not None)
        time.sleep(dice.random() * 0.02)
    finally:
        process.kill()
        process.wait()


def test_killed_at_any_moment_it_goes_on_where_it_stopped(city, key, settings, tmp_path):
    for n in range(8):
        come(n)
    log, dice = tmp_path / "log", random.Random(10)
    for _kill in range(3):
        log.write_bytes(b"")
        killed_after(dice.randrange(1, 4), log, key, dice)
        assert b"Error" not in log.read_bytes(), log.read_text()
        assert unreadable() == [] and key_fits(keys_now().master)
        assert [len(known_people(phone=phone(n))) for n in range(8)] == [1] * 8
        n = 100 + _kill
        come(n)
    master = keys_now().master
    assert master != settings.MINGBAI_KEY
    rotating.rotate(by=SYSTEM)
    rotating.finish(by=SYSTEM, now=timezone.now(), at_once=True)
    assert keys_now().master == master, "one exchange, however often it was begun"
    assert unreadable() == [] and not_of_today() == [] and opened_by(master) == Resident.objects.count()


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_power_goes_between_two_files_of_keys(writes, city, key, settings, monkeypatch):
    come(1)
    old, put, left = settings.MINGBAI_KEY, keyfile._put, [writes]

    def stops(path, content):
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        put(path, content)

    monkeypatch.setattr(keyfile, "_put", stops)
    with pytest.raises(KeyboardInterrupt):
        rotating.rotate(by=SYSTEM)
    monkeypatch.setattr(keyfile, "_put", put)
    assert unreadable() == [] and key_fits(old) and len(known_people(phone=phone(1))) == 1
    rotating.rotate(by=SYSTEM)
    rotating.finish(by=SYSTEM, now=timezone.now(), at_once=True)
    assert opened_by(old) == 0 and unreadable() == [] and not_of_today() == []


def test_what_is_erased_meanwhile_stays_erased(city, key, monkeypatch):
    come(1)
    new_values = rewrapping.Holder.new_values

    def erased_after_reading(holder, row, *, thorough):
        found = new_values(holder, row, thorough=thorough)
        if holder.model is Resident:
            Resident.objects.filter(pk=row.pk).update(key=b"", phone_hash="", name_hash="")
        return found

    monkeypatch.setattr(rewrapping.Holder, "new_values", erased_after_reading)
    rotating.rotate(by=SYSTEM)
    row = Resident.objects.get()
    assert (bytes(row.key), row.phone_hash, row.name_hash) == (b"", "", "")


def test_a_row_that_was_damaged_before_is_named_and_stops_nothing(city, key):
    case = come(1)
    Resident.objects.filter(pk=case.speaker_id).update(key=b"\x01" + bytes(44))
    come(2)
    assert rotating.rotate(by=SYSTEM) == [f"cases.Resident {case.speaker_id}"]
    assert known_people(phone=phone(2))[0].resident.phone == phone(2)


def test_several_machines_learn_of_the_key_before_one_writes_with_it(city, key, tmp_path, settings):
    come(1)
    rotating.prepare(by=SYSTEM)
    assert rotating.prepare(by=SYSTEM).coming == standing().coming, "asked twice, made once"
    (other := tmp_path / "other").mkdir()
    for path in (key, others_of(key)):
        (other / path.name).write_bytes(path.read_bytes())
        (other / path.name).chmod(0o600)
    rotating.rotate(by=SYSTEM)
    come(2)
    settings.MINGBAI_KEY_PATH = other / "key"  # still writes with the old one
    assert unreadable() == [] and len(known_people(phone=phone(2))) == 1 and key_fits(keys_now().master)
    come(3)
    settings.MINGBAI_KEY_PATH = key
    assert len(known_people(phone=phone(3))) == 1
    rotating.rotate(by=SYSTEM)
    assert not_of_today() == []


def test_the_old_key_reads_for_a_day(city, key, settings):
    come(1)
    with pytest.raises(Refused, match="没有要收尾的换钥"):
        rotating.finish(by=SYSTEM, now=timezone.now())
    rotating.rotate(by=SYSTEM)
    with pytest.raises(Refused) as early:
        rotating.finish(by=SYSTEM, now=timezone.now() + timedelta(hours=23))
    assert early.value.code == "too_soon"
    with pytest.raises(Refused, match="还没有收尾"):
        rotating.prepare(by=SYSTEM)
    rotating.finish(by=SYSTEM, now=timezone.now() + timedelta(hours=25))
    assert standing().reading == ()


def test_a_key_of_the_environment_cannot_be_exchanged(settings):
    settings.MINGBAI_KEY_PATH = None
    with pytest.raises(CommandError, match="MINGBAI_KEY_FILE"):
        call_command("rotate_key", "--begin")


def test_the_command_says_where_it_stands_and_what_comes_next(city, key, capsys):
    come(1)
    call_command("rotate_key")
    assert "正在用的主密钥" in capsys.readouterr().out
    call_command("rotate_key", "--prepare")
    assert "key.others" in capsys.readouterr().out
    call_command("rotate_key", "--begin")
    said = capsys.readouterr().out
    assert "cases.Resident: 1/" in said and "一天以后 rotate_key --finish" in said
    call_command("rotate_key", "--finish", "--now")
    assert "还在读的旧密钥" not in capsys.readouterr().out
    assert KeyCheck.objects.get().fingerprint.startswith(standing().writing)


def test_the_files_are_for_the_owner_alone_and_a_lost_one_stops_nobody(key, settings):
    write_keys(key, Keys(b"n" * 32, (settings.MINGBAI_KEY,)))
    assert {path.stat().st_mode & 0o777 for path in (key, others_of(key))} == {0o600}
    key.unlink()
    assert keys_now().master == settings.MINGBAI_KEY, "what was known at the start"
