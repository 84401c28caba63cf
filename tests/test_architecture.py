"""Dependencies only point down: imports (also inside functions, for types, by name) and foreign keys."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

HOUSE = Path(settings.BASE_DIR) / "mingbai"
LAYERS = [
    {"core"},
    {"journal"},
    {"places"},
    {"people"},
    {"notices", "knowledge", "papers", "subsidies", "filings"},
    {"cases"},
    {"visits"},
    {"legalaid", "mediation", "hotline", "servicedays"},
    {"figures"},
    {"oversight"},
    {"integrations"},
    {"upkeep"},
    {"web"},
]
HEIGHT = {name: height for height, names in enumerate(LAYERS, start=1) for name in names}
# Imports by name and lookups of a model are imports in disguise.
BY_NAME = {"import_module", "import_string", "get_model"}


def room_of(dotted: str) -> str | None:
    """`mingbai.cases.models` → cases; None for what is not of this house."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "mingbai" else None


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call):
            yield from named_in_call(node)


def named_in_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if name not in BY_NAME or not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return
    yield first.value if name != "get_model" else f"mingbai.{first.value.split('.')[0]}.models"


def is_below(lower: str, upper: str) -> bool:
    """True when `upper` may know `lower`."""
    return lower == upper or HEIGHT[lower] < HEIGHT[upper]


def wrong_imports(source: str, room: str) -> list[str]:
    rooms = {room_of(name) for name in imported(ast.parse(source))} - {None}
    return sorted(other for other in rooms if other and not is_below(other, room))


def wrong_keys(all_models: Iterable[type[models.Model]]) -> list[str]:
    found = []
    for model in all_models:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = target_room(field)
            if target and not is_below(target, model._meta.app_label):
                found.append(f"{model._meta.label}.{field.name} → {target}")
    return found


def target_room(field: models.Field) -> str | None:
    """The app a relation points to; a text that names a model which is not loaded counts as well."""
    target = field.remote_field.model if field.remote_field else None
    if target is None:
        return None
    label = target.split(".")[0] if isinstance(target, str) else target._meta.app_label
    return label if label in HEIGHT else None


def rooms() -> list[str]:
    return sorted(path.name for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith("_"))


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("mingbai.")]


def test_every_room_has_a_layer():
    assert [room for room in rooms() if room not in HEIGHT] == []


@pytest.mark.parametrize("room", rooms())
def test_imports_point_down(room):
    wrong = {
        str(path.relative_to(HOUSE)): found
        for path in sorted((HOUSE / room).rglob("*.py"))
        if (found := wrong_imports(path.read_text(), room))
    }
    assert wrong == {}


ROOMS_OF_THE_WEB = {
    # Other doors to the same pages.
    ("kiosk", "public"),
    ("wechat", "public"),
    # They take matters in by the desk's own form, or open the desk's own matters.
    ("seat", "desk"),
    ("village", "desk"),
    ("mediation", "desk"),
    ("filings", "desk"),
    ("board", "desk"),
    # One form of means for the resident and the clerk.
    ("desk", "aid"),
    ("public", "aid"),
    # Residents book what stands in the door's own hours, or answer a question of a group.
    ("public", "days"),
    ("public", "door"),
    ("public", "desk"),
    ("oversight", "manage"),
}
"""Which room of mingbai/web may know which (ADR 0049); what more than two need lies beside the rooms."""


def rooms_known(path: Path) -> set[tuple[str, str]]:
    """The other rooms of the web that a file of one imports from."""
    web = HOUSE / "web"
    here = path.relative_to(web).parts[0]
    names = [name.split(".") for name in imported(ast.parse(path.read_text()))]
    there = {parts[2] for parts in names if parts[:2] == ["mingbai", "web"] and len(parts) > 2}
    return {(here, room) for room in there if room != here and (web / room / "urls.py").exists()}


def test_rooms_of_the_web_know_only_whom_they_must():
    files = [path for path in (HOUSE / "web").rglob("*.py") if (HOUSE / "web") not in {path.parent}]
    assert {pair for path in files for pair in rooms_known(path)} == ROOMS_OF_THE_WEB
    assert [(a, b) for a, b in ROOMS_OF_THE_WEB if (b, a) in ROOMS_OF_THE_WEB] == []


def test_foreign_keys_point_down():
    assert wrong_keys(own_models()) == []


def test_journal_and_core_have_no_foreign_keys():
    without = [model for model in own_models() if model._meta.app_label in {"core", "journal"}]
    assert [field for model in without for field in model._meta.fields if field.is_relation] == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("places", "from mingbai.cases.models import Case"),
        ("places", "import mingbai.web.views"),
        ("places", "from mingbai import cases"),
        ("people", "def act():\n    from mingbai.cases import actions"),
        ("people", "if TYPE_CHECKING:\n    from mingbai.cases.models import Case"),
        ("hotline", "from mingbai.legalaid.models import Application"),
        ("core", "import_module('mingbai.journal.actions')"),
        ("notices", "apps.get_model('cases.Case')"),
        ("notices", "apps.get_model('cases', 'Case')"),
    ],
)
def test_a_planted_import_is_found(room, source):
    assert wrong_imports(source, room)


def test_imports_downwards_are_fine():
    source = (
        "from mingbai.core.refused import Refused\nimport mingbai.people.models\nfrom django.db import models"
    )
    assert wrong_imports(source, "cases") == []


@isolate_apps()
def test_a_planted_foreign_key_is_found():
    class Planted(models.Model):
        by_text = models.ForeignKey("cases.Case", models.PROTECT)
        many = models.ManyToManyField("people.User")

        class Meta:
            app_label = "places"

    assert wrong_keys([Planted]) == ["places.Planted.by_text → cases", "places.Planted.many → people"]
