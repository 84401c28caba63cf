"""Values of our own that stand in a statement as they are; nothing else gets in."""

import pytest

from mingbai.cases.enums import IN_WORK
from mingbai.cases.models import Case


def test_the_values_stand_in_the_statement():
    sql, params = Case.objects.filter(waiting_on__literally=IN_WORK).query.sql_with_params()
    assert "IN ('station', 'resident')" in sql and params == ()


@pytest.mark.parametrize("words", [(), ("",), ("a'b",), ("a b",), ("A",), ("ä",), ("a", "b;")])
def test_other_words_do_not_get_in(words: tuple[str, ...]):
    with pytest.raises(ValueError, match="plain words"):
        str(Case.objects.filter(waiting_on__literally=words).query)
