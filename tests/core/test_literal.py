"""What stands in a statement so that SQLite can prove that a partial index holds all its rows."""

import pytest
from django.db import OperationalError, connection
from django.db.models import Q
from django.db.models.base import ModelBase

from mingbai.cases.enums import IN_WORK
from mingbai.cases.models import Case
from mingbai.cases.queries.lists import in_work
from mingbai.figures.registry import INDICATORS
from mingbai.hotline.enums import CallSource, Recording
from mingbai.hotline.models import Call
from mingbai.notices.models import Notice
from mingbai.oversight.models import VillageVisit
from mingbai.servicedays.models import DayRecord, Need
from mingbai.visits.models import Handout

PROVEN = [
    (Case, "case_in_work", in_work() & Q(city="210400000000")),
    (Case, "case_month_merged", INDICATORS.get("contacts_merged").only & Q(month__in=[202501, 202502])),
    (Case, "case_partner_number", Q(partner=1, partner_number="A1")),
    (Call, "call_channel_once", Q(channel="1796.12")),
    (Call, "call_open", Q(station="1", source__literally=[CallSource.SWITCH], ended_at=None)),
    (Call, "call_recording_due", Q(recording__literally=[Recording.DUE])),
    (DayRecord, "day_record_client_key", Q(client_key="a")),
    (Need, "need_client_key", Q(client_key="a")),
    (VillageVisit, "village_visit_client_key", Q(client_key="a")),
    (Handout, "handout_client_key", Q(client_key="a")),
    (Notice, "notice_dead", Q(transport="sms", state__literally=["failed"])),
]


def through(model: ModelBase, index: str, condition: Q) -> None:
    """Raises OperationalError where SQLite cannot see that all the rows lie in the index."""
    sql, params = model.objects.filter(condition).order_by().values("pk").query.sql_with_params()
    table = f'FROM "{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(sql.replace(table, f"{table} INDEXED BY {index}", 1), params)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told which index to take")
@pytest.mark.parametrize(("model", "index", "condition"), PROVEN, ids=[index for _model, index, _q in PROVEN])
def test_what_is_asked_for_lies_in_its_index(model: ModelBase, index: str, condition: Q):
    through(model, index, condition)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told which index to take")
def test_a_parameter_proves_nothing():
    with pytest.raises(OperationalError, match="no query solution"):
        through(Case, "case_in_work", Q(city="210400000000", waiting_on__in=IN_WORK))


def test_the_values_stand_in_the_statement():
    sql, params = Case.objects.filter(waiting_on__literally=IN_WORK).query.sql_with_params()
    assert "IN ('station', 'resident')" in sql and params == ()


@pytest.mark.parametrize("words", [(), ("",), ("a'b",), ("a b",), ("A",), ("ä",), ("a", "b;")])
def test_other_words_do_not_get_in(words: tuple[str, ...]):
    with pytest.raises(ValueError, match="plain words"):
        str(Case.objects.filter(waiting_on__literally=words).query)


@pytest.mark.django_db
def test_a_key_that_is_missing_is_asked_for_as_before():
    assert "NOT" not in str(Call.objects.filter(channel="").query)
    assert not Call.objects.filter(channel="none").exists()
