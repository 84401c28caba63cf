"""A hostile world for every test: no network, warnings are errors, undefined template variables fail,
unordered querysets come in random order; a data folder, a key and a database that belong to the test run."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before Django reads its settings: nothing of the developer's own data or environment is touched.
DATA = tempfile.TemporaryDirectory(prefix="mingbai-test-")
os.environ["MINGBAI_DATA"] = DATA.name
(Path(DATA.name) / "static").mkdir()  # WhiteNoise warns when nothing was collected
os.environ["MINGBAI_KEY"] = "6d696e67626169" + "00" * 24 + "01"
os.environ["DATABASE_POOL"] = "50"  # tests of races come as a crowd
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django  # noqa: E402
import hypothesis  # noqa: E402
import pytest  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402

from tests import migrated  # noqa: E402
from tests.hostile import journal_guards, random_order, undefined_variables  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out what asks nothing of the database under test: pure rules, browsers, own houses",
    )


def pytest_configure(config: pytest.Config) -> None:
    use_file_for_sqlite()
    # PBKDF2's cost is for attackers, not for a suite that signs in a thousand times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EDGES_ON_LOOPBACK = True  # the fakes of gateways and partners
    # On a busy machine one example may take long without being wrong.
    hypothesis.settings.register_profile("mingbai", deadline=None, max_examples=60)
    hypothesis.settings.load_profile("mingbai")
    undefined_variables.refuse()
    random_order.shuffle_unordered()
    journal_guards.lift_for_flush()


def use_file_for_sqlite() -> None:
    """In memory SQLite shares one connection between threads, which hides the races a file shows."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(Path(DATA.name) / "test.sqlite3")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent / "e2e"):
            item.add_marker("e2e")
    if config.getoption("--database-only"):
        kept = [item for item in items if asks_the_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not asks_the_database(item)])
        items[:] = kept
    yield  # the order is shuffled here
    # Only tests that roll back may be "long": those that commit must stay behind all others.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def asks_the_database(item: pytest.Item) -> bool:
    """True for a test that reads or writes the database which the run was started with."""
    if item.get_closest_marker("e2e"):
        return False
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not _OF_DATABASE.isdisjoint(fixtures)


_OF_DATABASE = frozenset({"db", "transactional_db", "live_server"})


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A SQLite file that lies there is a copy, to be kept; it goes with the folder of the run."""
    return bool(request.config.getvalue("reuse_db")) or "sqlite" in settings.DATABASES["default"]["ENGINE"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("database")
    migrated.begin_with(settings.DATABASES["default"], migrated.run_of(folder))


@pytest.fixture(autouse=True)
def _undefined_variables(request: pytest.FixtureRequest) -> None:
    undefined_variables.allowed = request.node.get_closest_marker("undefined_ok") is not None


@pytest.fixture(autouse=True)
def _no_tries_of_other_tests() -> None:
    """The brake against floods of sign-ins counts by address, and all tests come from one."""
    cache.clear()
