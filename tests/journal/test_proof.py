"""verify_journal names what was altered or cut, also when the attacker dropped the triggers first."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.journal import actions, rules
from mingbai.journal.guards import drop_guards
from mingbai.journal.models import Chain, Entry, Seal
from mingbai.journal.queries import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """Three chains of five entries, sealed after the third and after the fifth; the triggers dropped."""
    for count in (3, 2):
        for chain in ("case:1", "case:2", "resident:1"):
            for _ in range(count):
                actions.write(chain=chain, verb="case.noted", by=SYSTEM, data={"n": 1}, sealed=b"s")
        actions.seal(by=SYSTEM)
    drop_guards(connection)


def alter(seq, chain="case:2", **fields):
    Entry.objects.filter(chain=chain, seq=seq).update(**fields)


def rewrite(first, chain="case:2", last=None, head=True):
    """What an attacker does who knows how hashes are made."""
    prev = Entry.objects.get(chain=chain, seq=first - 1).hash if first > 1 else ""
    for entry in Entry.objects.filter(chain=chain, seq__gte=first).order_by("seq"):
        if last and entry.seq > last:
            return
        entry.prev = prev
        prev = rules.entry_hash(prev, rules.fields_of(entry), bytes(entry.sealed))
        Entry.objects.filter(pk=entry.pk).update(prev=entry.prev, hash=prev)
    if head:
        Chain.objects.filter(name=chain).update(hash=prev)


def first_problem():
    report = verify()
    assert not report.is_whole
    return report.first


def test_a_whole_history_is_whole(city):
    report = verify()
    assert (report.is_whole, report.chains, report.entries, report.seals) == (True, 3, 15, 2)
    assert report.uncovered_entries == 0
    assert report.missing_guards


@pytest.mark.parametrize("field", ["data", "actor", "actor_name", "verb", "place", "hash", "prev"])
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_altered_field_is_named(city, field, seq):
    alter(seq, **{field: "x"})
    assert first_problem().name == f"case:2#{seq}"


def test_an_altered_time_or_sealed_value_is_named(city):
    alter(4, sealed=b"other")
    assert first_problem().name == "case:2#4"
    entry = Entry.objects.get(chain="case:2", seq=2)
    alter(2, at=entry.at.replace(microsecond=(entry.at.microsecond + 1) % 10**6))
    assert first_problem().name == "case:2#2"


def test_the_first_of_several_is_named(city):
    alter(2, chain="resident:1", verb="x")
    alter(4, chain="case:1", verb="x")
    assert first_problem().name == "resident:1#2", "it was written before case:1#4"
    assert verify().problem_count == 2


def test_an_entry_altered_with_its_hash_is_named(city):
    alter(3, verb="x")
    rewrite(3, last=3)
    assert first_problem().name == "case:2#3"


def test_a_chain_rewritten_after_its_seal_is_found_from_where_a_seal_still_fits(city):
    alter(4, verb="x")
    rewrite(4)
    problem = first_problem()
    assert problem.name == "case:2#4"
    assert "4–5" in problem.why


def test_a_chain_rewritten_from_its_first_entry_is_found(city):
    alter(1, verb="x")
    rewrite(1)
    assert first_problem().name == "case:2#1"


def test_a_gap_is_named(city):
    Entry.objects.filter(chain="case:2", seq=3).delete()
    assert first_problem().name == "case:2#3"


def test_a_cut_beginning_is_named(city):
    Entry.objects.filter(chain="case:2", seq__lte=2).delete()
    assert first_problem().name in {"case:2#1", "case:2#2"}


def test_a_cut_tail_is_named_also_when_the_head_was_set_back(city):
    Entry.objects.filter(chain="case:2", seq__gte=4).delete()
    assert first_problem().name == "case:2#4"
    last = Entry.objects.get(chain="case:2", seq=3)
    Chain.objects.filter(name="case:2").update(seq=3, hash=last.hash, unsealed=True)
    assert first_problem().name == "case:2#4"


def test_a_deleted_chain_is_named_with_and_without_its_head(city):
    Entry.objects.filter(chain="case:2").delete()
    assert first_problem().name == "case:2#1"
    Chain.objects.filter(name="case:2").delete()
    assert first_problem().name == "case:2#1"


@pytest.mark.parametrize("change", [{"hash": "x" * 64}, {"seq": 4}, {"seq": 6}])
def test_an_altered_head_is_named(city, change):
    Chain.objects.filter(name="case:2").update(**change)
    assert first_problem().name.startswith("case:2#")


def test_a_lost_head_is_named(city):
    Chain.objects.filter(name="case:2").delete()
    assert first_problem().name == "case:2#5"


@pytest.mark.parametrize(
    "change", [{"leaves": "[]"}, {"leaves": "no json"}, {"root": "x"}, {"count": 9}, {"prev": "x"}]
)
def test_an_altered_seal_is_named(city, change):
    second = Seal.objects.order_by("id").last()
    Seal.objects.filter(pk=second.pk).update(**change)
    assert first_problem().name == f"seal#{second.pk}"


def test_a_seal_taken_out_is_found(city):
    first, second = Seal.objects.order_by("id")
    first.delete()
    assert first_problem().name == f"seal#{second.pk}"


def test_the_last_seal_cut_off_is_found_by_the_chains_that_say_they_are_sealed(city):
    Seal.objects.order_by("id").last().delete()
    assert first_problem().name.endswith("#4")


def test_a_wholly_rebuilt_history_is_found_by_the_roots_kept_outside(city, tmp_path, capsys):
    file = tmp_path / "roots.jsonl"
    call_command("export_seals", str(file))
    call_command("verify_journal", seals=file)
    alter(1, verb="x")
    rewrite(1)
    Seal.objects.all().delete()
    Chain.objects.update(unsealed=True)
    actions.seal_all(by=SYSTEM)
    call_command("verify_journal")
    with pytest.raises(SystemExit):
        call_command("verify_journal", seals=file)
    assert "seal#" in capsys.readouterr().err
    assert json.loads(file.read_text().splitlines()[0])["count"] == 3


def test_what_no_seal_covers_yet_is_named(city, capsys):
    actions.write(chain="case:2", verb="case.noted", by=SYSTEM)
    actions.write(chain="case:9", verb="case.opened", by=SYSTEM)
    call_command("verify_journal")
    out = capsys.readouterr().out
    assert "尚未封存 2 条" in out
    assert "case:2#6" in out and "case:9#1" in out
    call_command("seal_journal")
    call_command("verify_journal")
    assert "尚未封存" not in capsys.readouterr().out


def test_the_command_ends_with_1_and_names_the_entry(city, capsys):
    alter(2, verb="x")
    with pytest.raises(SystemExit) as end:
        call_command("verify_journal")
    assert end.value.code == 1
    assert "case:2#2" in capsys.readouterr().err


def test_random_alterations_are_never_missed(city):
    """Whatever one column of one row becomes, the proof fails, or the row is the same as before."""
    for entry in Entry.objects.order_by("id"):
        Entry.objects.filter(pk=entry.pk).update(data='{"n":2}')
        assert first_problem().name == f"{entry.chain}#{entry.seq}"
        Entry.objects.filter(pk=entry.pk).update(data=entry.data)
    assert verify().is_whole
