"""Tampering with the database itself, past Django: every kind, at every place, is found and named.

The attacker has the file (or the session) and may drop triggers; what they cannot do is know the hashes of
what they did not write, or reach the seals that were exported.
"""

import json
import random

import pytest
from django.core.management import call_command
from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.journal import actions, rules
from mingbai.journal.guards import drop_guards, raise_guards
from mingbai.journal.models import Chain, Entry, Seal
from mingbai.journal.queries import verify

pytestmark = pytest.mark.django_db
CHAINS, LENGTH = ("case:1", "case:2", "case:3", "resident:7"), 6
TEXTS = ("actor", "actor_name", "verb", "place", "data", "prev", "hash")


@pytest.fixture
def history():
    """Four chains of six entries, sealed after the second and the fourth; the last two are not sealed."""
    for count, sealed in ((2, True), (2, True), (2, False)):
        for _ in range(count):
            for chain in CHAINS:
                actions.write(chain=chain, verb="case.noted", by=SYSTEM, data={"n": 1}, sealed=b"secret")
        if sealed:
            actions.seal(by=SYSTEM)
    drop_guards(connection)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def named():
    """Chains or seals the proof names."""
    report = verify()
    assert not report.is_whole
    return {problem.name.partition("#")[0] for problem in report.problems}


def where(chain, seq):
    return "chain = %s AND seq = %s", (chain, seq)


def update(chain, seq, column, value):
    condition, values = where(chain, seq)
    sql(f"UPDATE journal_entry SET {column} = %s WHERE {condition}", value, *values)


def row_of(chain, seq):
    return Entry.objects.get(chain=chain, seq=seq)


@pytest.mark.parametrize("column", TEXTS)
def test_changed_anywhere(history, column):
    for seq in range(1, LENGTH + 1):
        old = getattr(row_of("case:2", seq), column)
        update("case:2", seq, column, "forged")
        assert named() == {"case:2"}, seq
        update("case:2", seq, column, old)
    assert verify().is_whole


def test_changed_by_one_bit_of_what_is_encrypted(history):
    update("case:3", 5, "sealed", b"secreu")
    assert named() == {"case:3"}


def test_deleted_anywhere(history):
    for seq in range(1, LENGTH + 1):
        kept = row_of("case:2", seq)
        sql("DELETE FROM journal_entry WHERE chain = %s AND seq = %s", "case:2", seq)
        assert named() == {"case:2"}, seq
        kept.save(force_insert=True)
    assert verify().is_whole


@pytest.mark.parametrize("length", range(LENGTH))
def test_cut_tail_with_the_head_set_back_is_found_where_a_seal_or_the_head_knew_more(history, length):
    """Only what no seal covers yet (here: 5 and 6) can be cut unseen: therefore a seal every minute."""
    sql("DELETE FROM journal_entry WHERE chain = %s AND seq > %s", "case:2", length)
    if length >= 4:
        assert named() == {"case:2"}, "the head still knows"
    last = row_of("case:2", length) if length else None
    Chain.objects.filter(name="case:2").update(seq=length, hash=last.hash if last else "", unsealed=True)
    if length < 4:
        assert named() == {"case:2"}
    else:
        assert verify().is_whole, "nothing vouched for these entries yet"


def test_swapped_in_one_chain(history):
    for first in range(1, LENGTH):
        one, two = row_of("case:2", first), row_of("case:2", first + 1)
        for target, source in ((one, two), (two, one)):
            swapped = {name: getattr(source, name) for name in (*TEXTS, "at", "sealed")}
            Entry.objects.filter(pk=target.pk).update(**swapped)
        assert named() == {"case:2"}, first
        one.save(force_update=True)
        two.save(force_update=True)
    assert verify().is_whole


def test_swapped_between_chains(history):
    one, two = row_of("case:1", 3), row_of("case:2", 3)
    sql("UPDATE journal_entry SET chain = 'x' WHERE id = %s", one.pk)
    sql("UPDATE journal_entry SET chain = 'case:1' WHERE id = %s", two.pk)
    sql("UPDATE journal_entry SET chain = 'case:2' WHERE id = %s", one.pk)
    assert named() == {"case:1", "case:2"}


def test_whole_chains_swapped(history):
    for old, new in (("case:1", "x"), ("case:2", "case:1"), ("x", "case:2")):
        Entry.objects.filter(chain=old).update(chain=new)
    assert named() == {"case:1", "case:2"}


def forge(chain, seq, prev, **fields):
    entry = row_of("case:1", 1)
    entry.pk, entry.chain, entry.seq, entry.prev = None, chain, seq, prev
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.hash = rules.entry_hash(prev, rules.fields_of(entry), bytes(entry.sealed))
    entry.save(force_insert=True)
    return entry


def test_inserted_in_the_middle(history):
    for seq in range(LENGTH, 3, -1):
        Entry.objects.filter(chain="case:2", seq=seq).update(seq=seq + 1)
    forge("case:2", 4, row_of("case:2", 3).hash)
    assert named() == {"case:2"}


def test_inserted_in_the_middle_and_everything_after_it_hashed_anew(history):
    for seq in range(LENGTH, 1, -1):
        Entry.objects.filter(chain="case:2", seq=seq).update(seq=seq + 1)
    prev = forge("case:2", 2, row_of("case:2", 1).hash).hash
    for seq in range(3, LENGTH + 2):
        entry = row_of("case:2", seq)
        digest = rules.entry_hash(prev, rules.fields_of(entry), bytes(entry.sealed))
        Entry.objects.filter(pk=entry.pk).update(prev=prev, hash=digest)
        prev = digest
    Chain.objects.filter(name="case:2").update(seq=LENGTH + 1, hash=prev)
    assert named() == {"case:2"}, "the seals know the old hashes"


def test_appended_without_the_head(history):
    forge("case:2", LENGTH + 1, row_of("case:2", LENGTH).hash)
    assert named() == {"case:2"}


def test_a_new_chain_without_a_head(history):
    forge("case:99", 1, "")
    assert named() == {"case:99"}


def test_a_new_chain_that_calls_itself_sealed(history):
    made = forge("case:99", 1, "")
    Chain.objects.create(name="case:99", seq=1, hash=made.hash, unsealed=False)
    assert named() == {"case:99"}


def test_seals_changed_deleted_swapped_and_inserted(history):
    first, second = Seal.objects.order_by("id")
    sql("DELETE FROM journal_seal WHERE id = %s", first.pk)
    assert "seal" in named()
    first.save(force_insert=True)
    Seal.objects.filter(pk=first.pk).update(prev="x")
    Seal.objects.filter(pk=second.pk).update(prev="")
    assert "seal" in named()
    second.save(force_update=True)
    first.save(force_update=True)
    Seal.objects.create(at=second.at, leaves="[]", count=0, prev="y", root="z")
    assert "seal" in named()


def test_everything_rewritten_is_found_by_the_roots_that_left_the_house(history, tmp_path):
    """Who owns the machine can make a new history that proves itself; not one that fits what was exported."""
    call_command("export_seals", str(tmp_path / "seals"))
    Entry.objects.filter(chain="case:2", seq=1).update(verb="forged")
    for chain in CHAINS:
        rehash(chain)
    reseal()
    assert verify().is_whole, "inside nothing is left to tell"
    found = verify(exported=tmp_path / "seals")
    assert not found.is_whole and found.first.name.startswith("seal#")


def rehash(chain):
    prev = ""
    for entry in Entry.objects.filter(chain=chain).order_by("seq"):
        digest = rules.entry_hash(prev, rules.fields_of(entry), bytes(entry.sealed))
        Entry.objects.filter(pk=entry.pk).update(prev=prev, hash=digest)
        prev = digest
    Chain.objects.filter(name=chain).update(hash=prev)


def reseal():
    last = ""
    for seal in Seal.objects.order_by("id"):
        leaves = [(c, s, row_of(c, s).hash) for c, s, _old in json.loads(seal.leaves)]
        root = rules.seal_root(last, seal.at, leaves)
        told = rules.canonical([list(leaf) for leaf in leaves])
        Seal.objects.filter(pk=seal.pk).update(leaves=told, prev=last, root=root)
        last = root


def test_whatever_is_done_at_random_is_found(history):
    """A hundred single tamperings, undone one by one, under a seed that is said."""
    dice = random.Random(20261129)
    for _ in range(100):
        chain, seq = dice.choice(CHAINS), dice.randint(1, LENGTH)
        kept = row_of(chain, seq)
        if dice.random() < 0.4:
            sql("DELETE FROM journal_entry WHERE id = %s", kept.pk)
            assert named() == {chain}
            kept.save(force_insert=True)
        else:
            column = dice.choice(TEXTS)
            update(chain, seq, column, f"forged {dice.random()}")
            assert named() == {chain}, (chain, seq, column)
            kept.save(force_update=True)
    assert verify().is_whole


def test_triggers_taken_away_are_named_and_come_back(history, capsys):
    call_command("verify_journal")
    assert "触发器缺失" in capsys.readouterr().err
    raise_guards(connection)
    assert verify().missing_guards == []
