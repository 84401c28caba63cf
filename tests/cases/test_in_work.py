"""What is in work is found through an index of it alone, which the database must be able to prove."""

import pytest
from django.db import OperationalError, connection
from django.db.models import Q

from mingbai.cases.enums import IN_WORK
from mingbai.cases.models import Case
from mingbai.cases.queries.lists import in_work

pytestmark = pytest.mark.django_db


def through_the_index(condition: Q) -> None:
    """Raises OperationalError where SQLite cannot see that all these rows lie in the index."""
    sql, params = Case.objects.filter(condition).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.replace('FROM "cases_case"', 'FROM "cases_case" INDEXED BY case_in_work', 1), params
        )


def test_the_condition_is_that_of_its_index():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite can be told which index to take")
    through_the_index(in_work() & Q(city="210400000000"))
    with pytest.raises(OperationalError, match="no query solution"):
        through_the_index(Q(waiting_on__in=IN_WORK))
