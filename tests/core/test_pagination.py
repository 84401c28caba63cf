"""Pages whose cost does not grow with the table."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from mingbai.core.pagination import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> None:
    ContentType.objects.all().delete()
    ContentType.objects.bulk_create(
        ContentType(app_label="x", model=f"model{n:04d}") for n in range(1, 1_106)
    )


@pytest.mark.usefixtures("rows")
def test_pages_show_each_row_once() -> None:
    seen: list[str] = []
    page = page_of(ContentType.objects.order_by("model"), {}, size=50)
    while True:
        seen += [row.model for row in page]
        if not page.has_next:
            break
        page = page_of(ContentType.objects.order_by("model"), QueryDict(page.next_query[1:]), size=50)
    assert seen == [f"model{n:04d}" for n in range(1, 1_106)]
    assert (page.number, len(page), page.first_row, page.last_row) == (23, 5, 1_101, 1_105)
    assert page.next_query == ""
    assert page.previous_query == "?page=22"


@pytest.mark.usefixtures("rows")
def test_the_count_stops_at_a_thousand() -> None:
    everything = ContentType.objects.order_by("model")
    assert page_of(everything, {}).count_text == "1000+"
    assert page_of(everything.filter(model__lte="model1000"), {}).count_text == "1000"
    assert page_of(everything.filter(model__lte="model0007"), {}).count_text == "7"
    assert page_of(everything.none(), {}).count_text == "0"


@pytest.mark.usefixtures("rows")
def test_two_queries_whatever_the_size(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in ("1", "20"):
        with django_assert_num_queries(2):
            page_of(ContentType.objects.order_by("model"), {"page": number})


@pytest.mark.parametrize("odd", ["", "0", "-1", "x", "１", "1e9", "999999999999", "²", "1.5"])
def test_an_odd_page_number_gives_a_page(odd: str) -> None:
    page = page_of(ContentType.objects.order_by("model"), {"page": odd})
    assert page.number == 1


def test_nobody_reads_a_million_rows_to_skip_them() -> None:
    page = page_of(ContentType.objects.order_by("model"), {"page": "99999999"}, size=50)
    assert page.number == 200
    assert list(page) == []
    assert (page.first_row, page.last_row) == (0, 0)


def test_filters_stay_in_the_address() -> None:
    query = QueryDict("q=欠薪 工资&state=a&state=b&page=3")
    page = page_of(ContentType.objects.order_by("model"), query)
    assert page.previous_query == "?q=%E6%AC%A0%E8%96%AA+%E5%B7%A5%E8%B5%84&state=a&state=b&page=2"
    plain = page_of(ContentType.objects.order_by("model"), {"q": "欠薪", "page": "3"})
    assert plain.previous_query == "?q=%E6%AC%A0%E8%96%AA&page=2"


def test_an_unordered_list_is_an_error() -> None:
    with pytest.raises(ValueError, match="ordered"):
        page_of(ContentType.objects.all(), {})
