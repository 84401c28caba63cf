"""The environment of the tests is as hard as it says."""

import socket
import warnings

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.template import Context, engines
from django.utils import timezone
from pytest_socket import SocketConnectBlockedError

from tests.hostile.undefined_variables import UndefinedVariable


def render(source: str, **values: object) -> str:
    """As a template of ours: `from_string` has no file, so a stand-in origin is given."""
    template = engines["django"].engine.from_string(source)
    for node in template.nodelist:
        node.origin.name = str(settings.BASE_DIR / "templates" / "planted.html")
    return template.render(Context(values))


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_network_is_out_of_reach():
    with socket.socket() as plug, pytest.raises(SocketConnectBlockedError):
        plug.connect(("192.0.2.1", 80))


def test_loopback_is_within_reach():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as plug,
    ):
        assert plug.getpeername() == server.getsockname()


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("source", ["{{ nobody }}", "{{ nobody|upper }}", "{% with x=nobody %}{% endwith %}"])
def test_an_undefined_variable_fails(source):
    with pytest.raises(UndefinedVariable, match="nobody"):
        render(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if nobody %}x{% endif %}", ""),
        ("{% for x in nobody %}x{% empty %}none{% endfor %}", "none"),
        ('{{ nobody|default:"-" }}', "-"),
        ("{{ somebody }}", "张"),
    ],
)
def test_a_question_or_a_default_is_no_failure(source, text):
    assert render(source, somebody="张") == text


@pytest.mark.undefined_ok
def test_a_test_may_allow_undefined_variables():
    assert render("{{ nobody }}") == ""


@pytest.mark.django_db
def test_unordered_rows_come_in_random_order():
    Group.objects.bulk_create(Group(name=f"{number:03}") for number in range(30))
    orders = {tuple(Group.objects.values_list("name", flat=True)) for _ in range(4)}
    assert len(orders) > 1
    assert list(Group.objects.order_by("name").values_list("name", flat=True)) == sorted(min(orders))


def test_the_clock_of_the_house_is_that_of_china():
    assert timezone.get_default_timezone_name() == "Asia/Shanghai"
