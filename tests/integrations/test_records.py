"""Records in another system's codes, and sets that prove themselves whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations.models import ExternalCode, RecordSet, SetState
from mingbai.integrations.records.actions import (
    forget_about,
    make_set,
    mark_sent,
    read_again,
    set_code,
    take_set,
)
from mingbai.integrations.records.queries import codes_of, packed
from mingbai.integrations.records.rules import Codes, Column, Packed, inward, noted, outward, pack, unpack

COLUMNS = (Column("number", needed=True), Column("state", "state"), Column("text"))
CODES = Codes(
    outward={("column", "number"): "AJBH", ("state", "closed"): "09", ("state", "refused"): "09"},
    inward={("state", "09"): "closed", ("column", "AJBH"): "number"},
)


def test_a_record_goes_out_in_their_columns_and_codes():
    made, gaps = outward({"number": "1", "state": "closed", "text": "甲"}, COLUMNS, CODES)
    assert made == {"AJBH": "1", "state": "09", "text": "甲"} and gaps == []


def test_what_has_no_code_of_theirs_goes_as_ours_and_is_named():
    made, gaps = outward({"number": "1", "state": "waiting"}, COLUMNS, CODES)
    assert made["state"] == "waiting"
    assert [(gap.column, gap.value, gap.why, gap.holds) for gap in gaps] == [
        ("state", "waiting", "no_code", False)
    ]


def test_what_they_need_holds_the_record_back():
    _made, gaps = outward({"state": "closed"}, COLUMNS, CODES)
    assert [(gap.column, gap.holds) for gap in gaps] == [("number", True)]


def test_several_of_ours_may_be_one_of_theirs_and_one_is_read():
    made, gaps = inward({"AJBH": "7", "state": "09"}, COLUMNS, CODES)
    assert made == {"number": "7", "state": "closed", "text": ""} and gaps == []
    made, gaps = inward({"AJBH": "7", "state": "77"}, COLUMNS, CODES)
    assert made["state"] == "77" and gaps[0].why == "no_code"


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(st.fixed_dictionaries({"a": TEXTS, 'b,"': TEXTS}), max_size=8))
def test_what_was_packed_is_unpacked(records):
    assert unpack(pack("S-1", "province", records)) == records


WHOLE = pack("S-1", "province", [{"a": "甲", "b": "1"}, {"a": "乙", "b": "2"}])


@pytest.mark.parametrize(
    "table",
    [
        WHOLE.table[:-4],
        WHOLE.table[: len(WHOLE.table) // 2],
        b"",
        WHOLE.table + b"x,y\n",
        WHOLE.table.replace("甲".encode(), "丙".encode()),
    ],
)
def test_half_and_altered_sets_are_refused_whole(table):
    with pytest.raises(Refused) as why:
        unpack(Packed("S-1", table, WHOLE.note))
    assert why.value.code == "broken_set"


@pytest.mark.parametrize("note", [b"", b"{}", b"[]", b"<html>", b'{"set": "../../etc"}', b"\xff"])
def test_a_note_that_is_none_is_refused(note):
    with pytest.raises(Refused):
        noted(note)
    with pytest.raises(Refused):
        unpack(Packed("S-1", WHOLE.table, note))


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_any_cut_is_noticed(cut):
    with pytest.raises(Refused):
        unpack(Packed("S-1", WHOLE.table[:-cut], WHOLE.note))


# ── with the log ──


class Landing:
    """Records of theirs by number; "bad" is refused."""

    def __init__(self):
        self.rows = {}

    def __call__(self, record):
        if record["state"] == "bad":
            raise Refused("不行", code="bad")
        is_new = self.rows.get(record["number"]) != record
        self.rows[record["number"]] = dict(record)
        return is_new, f"case:{record['number']}"


def theirs(number="P-1", states=("09", "bad")):
    rows = [{"AJBH": str(n), "state": state, "text": "话"} for n, state in enumerate(states, 1)]
    return pack(number, "province", rows)


@pytest.fixture
def codes(db):
    set_code(by=SYSTEM, system="province", table="column", own="number", code="AJBH")
    set_code(by=SYSTEM, system="province", table="state", own="closed", code="09", name="办结")


def take(came, land):
    return take_set(by=SYSTEM, system="province", came=came, columns=COLUMNS, land=land)


def test_a_set_lands_row_by_row_and_once(codes):
    land = Landing()
    row = take(theirs(), land)
    assert (row.counts["new"], row.counts["refused"]) == (1, 1)
    assert row.counts["why"] == [{"line": 2, "why": "不行"}]
    assert land.rows["1"]["state"] == "closed"
    again = take(theirs(), Landing())
    assert again.pk == row.pk and RecordSet.objects.count() == 1


def test_the_same_number_with_another_content_is_refused_and_changes_nothing(codes):
    land = Landing()
    take(theirs(), land)
    with pytest.raises(Refused) as why:
        take(theirs(states=("09", "09", "09")), land)
    assert why.value.code == "set_reused" and list(land.rows) == ["1"]


def test_a_broken_set_is_noted_lands_nothing_and_comes_whole_later(codes):
    land, whole = Landing(), theirs()
    with pytest.raises(Refused):
        take(Packed(whole.number, whole.table[:-3], whole.note), land)
    row = RecordSet.objects.get()
    assert row.state == SetState.REFUSED and not row.table and not land.rows
    assert take(whole, land).pk == row.pk and land.rows
    assert RecordSet.objects.get().state == SetState.TAKEN


def test_a_set_that_was_broken_off_is_read_from_its_beginning(codes):
    land = Landing()

    def dying(record):
        if len(land.rows) == 1:
            raise KeyboardInterrupt
        return land(record)

    with pytest.raises(KeyboardInterrupt):
        take(theirs(states=("09", "09")), dying)
    assert not RecordSet.objects.exists()
    row = take(theirs(states=("09", "09")), land)
    assert (row.counts["new"], row.counts["same"]) == (1, 1)


def test_after_codes_were_entered_a_set_is_read_again(codes):
    land = Landing()
    row = take(theirs(states=("77",)), land)
    assert row.counts["no_code"] == 1 and land.rows["1"]["state"] == "77"
    set_code(by=SYSTEM, system="province", table="state", own="working", code="77")
    row = read_again(by=SYSTEM, row=row, columns=COLUMNS, land=land)
    assert row.counts["no_code"] == 0 and land.rows["1"]["state"] == "working"


def test_a_set_out_is_kept_as_it_travels_and_goes_again_as_it_was(codes):
    records = [{"number": "5", "state": "closed", "text": "话"}]
    row = make_set(by=SYSTEM, system="province", number="M-1", records=records, columns=COLUMNS)
    first = packed(row)
    assert unpack(first) == [{"AJBH": "5", "state": "09", "text": "话"}]
    assert mark_sent(by=SYSTEM, row=row, error="away").state == SetState.MADE
    set_code(by=SYSTEM, system="province", table="state", own="closed", code="10")
    assert mark_sent(by=SYSTEM, row=row).state == SetState.SENT
    assert packed(RecordSet.objects.get()) == first, "byte by byte, whatever changed since"
    with pytest.raises(Refused):
        make_set(by=SYSTEM, system="province", number="M-1", records=records, columns=COLUMNS)


def test_one_code_of_theirs_is_read_as_one_of_ours(codes):
    with pytest.raises(Refused) as why:
        set_code(by=SYSTEM, system="province", table="state", own="refused", code="09")
    assert why.value.code == "code_taken"
    set_code(by=SYSTEM, system="province", table="state", own="refused", code="09", reads=False)
    assert codes_of("province").outward[("state", "refused")] == "09"
    assert codes_of("province").inward[("state", "09")] == "closed"
    set_code(by=SYSTEM, system="province", table="state", own="refused", code="")
    assert not ExternalCode.objects.filter(own="refused").exists()


def test_a_matter_that_is_erased_takes_its_sets_along(codes):
    row = take(theirs(), Landing())
    assert "话" in row.table
    assert forget_about(by=SYSTEM, chain="case:1") == 1 and not RecordSet.objects.get().table
    with pytest.raises(Refused):
        read_again(by=SYSTEM, row=RecordSet.objects.get(), columns=COLUMNS, land=Landing())
