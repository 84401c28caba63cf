"""Writing and sealing: chains grow one by one, seals follow one another."""

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.crypto import key_check
from mingbai.journal import actions, rules
from mingbai.journal.models import Chain, Entry, KeyCheck, Seal
from mingbai.journal.queries import history, key_fits, verify


def write(chain="case:1", verb="case.opened", **fields):
    return actions.write(chain=chain, verb=verb, by=SYSTEM, **fields)


@pytest.mark.django_db
def test_each_entry_holds_the_hash_of_the_one_before():
    first, second = write(is_new=True), write(verb="case.accepted", data={"to": "明"})
    assert (first.seq, first.prev, second.seq, second.prev) == (1, "", 2, first.hash)
    assert [entry.verb for entry in history("case:1")] == ["case.opened", "case.accepted"]
    assert Chain.objects.get(name="case:1").hash == second.hash


@pytest.mark.django_db
def test_a_stored_entry_hashes_as_when_it_was_written():
    write(sealed=b"\x01\x02", data={"a": [1, "二", None]}, place="210402000000")
    entry = Entry.objects.get()
    assert rules.entry_hash(entry.prev, rules.fields_of(entry), bytes(entry.sealed)) == entry.hash


@pytest.mark.django_db
def test_a_name_too_long_for_one_database_is_refused_on_both():
    with pytest.raises(ValueError, match="longer"):
        write(chain="import:" + "x" * 60)
    long_name = Actor("user", "1", "名" * 80)
    assert len(actions.write(chain="case:1", verb="v", by=long_name).actor_name) == 64


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_the_transaction_of_its_change_is_refused():
    with pytest.raises(TransactionManagementError):
        write(is_new=True)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_entry_that_is_rolled_back_leaves_no_trace():
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert write().seq == 2
    assert verify().is_whole


@pytest.mark.django_db
def test_a_seal_covers_what_moved_since_the_last():
    assert actions.seal(by=SYSTEM) is None
    write(chain="case:1")
    write(chain="case:2")
    first = actions.seal(by=SYSTEM)
    assert (first.count, first.prev) == (2, "")
    assert actions.seal(by=SYSTEM) is None
    write(chain="case:2")
    second = actions.seal(by=SYSTEM)
    assert (second.count, second.prev) == (1, first.root)


@pytest.mark.django_db
def test_many_chains_take_several_seals(monkeypatch):
    monkeypatch.setattr(actions, "LEAVES_PER_SEAL", 2)
    for number in range(5):
        write(chain=f"case:{number}")
    assert actions.seal_all(by=SYSTEM) == 5
    assert Seal.objects.count() == 3
    assert verify().uncovered_entries == 0


@pytest.mark.django_db
def test_the_chain_of_roots_cannot_fork():
    write()
    made = actions.seal(by=SYSTEM, now=timezone.now() - timedelta(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.create(at=timezone.now(), leaves="[]", count=0, prev=made.prev, root="f" * 64)


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_chain_and_sealers_at_once_leave_a_whole_history():
    """Twelve first writers of one new chain, each with a chain of their own, and two sealers between them."""
    failures: list[BaseException] = []

    def run(work):
        try:
            for _ in range(4):
                work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def writer():
        with transaction.atomic():
            write(chain="station:1")
            write(chain=f"case:{threading.get_ident()}")

    works = [writer] * 6 + [lambda: actions.seal_all(by=SYSTEM)] * 2
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    actions.seal_all(by=SYSTEM)
    report = verify()
    assert (report.is_whole, report.entries, report.uncovered_entries) == (True, 48, 0)


@pytest.mark.django_db(transaction=True)
def test_a_chain_in_motion_is_sealed_next_time():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with transaction.atomic():
        write(chain="case:1")
        write(chain="case:2")
    moving, done = threading.Event(), threading.Event()

    def writer():
        with transaction.atomic():
            write(chain="case:1")
            moving.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    moving.wait(10)
    sealed = actions.seal_all(by=SYSTEM)
    done.set()
    thread.join()
    assert sealed == 1
    assert actions.seal_all(by=SYSTEM) == 1
    assert verify().is_whole


@pytest.mark.django_db(transaction=True)
def test_the_proof_holds_while_others_write_and_seal():
    """On one snapshot: a chain that grows between two reads does not look broken, and nobody waits."""
    over, failures = threading.Event(), []

    def writer():
        try:
            while not over.is_set():
                with transaction.atomic():
                    write(chain="station:1")
                    write(chain=f"case:{timezone.now().timestamp()}")
                actions.seal_all(by=SYSTEM)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    reports = [verify() for _ in range(15)]
    end = time.monotonic() + 60
    while reports[-1].entries <= reports[0].entries and time.monotonic() < end:
        reports.append(verify())  # on a busy machine the writer may not have had its turn yet
    over.set()
    thread.join()
    assert failures == []
    assert {report.first for report in reports} == {None}
    assert reports[-1].entries > reports[0].entries


@pytest.mark.django_db
def test_data_written_with_another_key_does_not_fit():
    assert KeyCheck.objects.get().fingerprint == key_check(settings.MINGBAI_KEY)
    assert key_fits(settings.MINGBAI_KEY)
    assert not key_fits(b"x" * 32)
    KeyCheck.objects.all().delete()
    assert key_fits(b"x" * 32), "nothing is written yet"
    write()
    assert not key_fits(b"x" * 32)
