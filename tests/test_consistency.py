"""Conventions that a machine can see: names, sizes, access, translations, personal data, unused templates."""

import ast
import functools
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from mingbai.core.retention import RETENTION

ROOT = Path(settings.BASE_DIR)
HOUSE = ROOT / "mingbai"
CHINESE = re.compile(r"[\u3400-\u9fff]")
FORBIDDEN_NAMES = {"services", "utils", "helpers", "common", "signals", "managers", "base", "misc", "admin"}
MAX_LINES = {"code": 500, "views": 400, "tests": 600, "template": 150, "function": 40}

# Views of other houses: their own rules guard them (sign-in, language, static files, the API's keys).
FOREIGN_VIEWS = ("allauth.", "django.", "ninja.")


def code(folder: Path = HOUSE) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("mingbai.")]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# ── sizes and names ──


def limit(path: Path) -> int:
    if path.is_relative_to(ROOT / "tests"):
        return MAX_LINES["tests"]
    return MAX_LINES["views" if path.is_relative_to(HOUSE / "web") else "code"]


def test_no_file_is_too_long():
    paths = [*code(), *code(ROOT / "config"), *code(ROOT / "tests"), *code(ROOT / "ops")]
    assert {named(path): lines(path) for path in paths if lines(path) > limit(path)} == {}


def test_no_template_is_too_long():
    paths = (ROOT / "templates").rglob("*.html")
    assert {named(path): lines(path) for path in paths if lines(path) > MAX_LINES["template"]} == {}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_no_function_is_too_long():
    long = {
        f"{named(path)}:{function.name}": length(function)
        for path in code()
        for function in functions(path)
        if length(function) > MAX_LINES["function"]
    }
    assert long == {}


# Django loads a database engine from a module of this name.
NAMED_BY_DJANGO = {"mingbai/core/sqlite/base.py"}


def test_no_module_hides_its_concept():
    hidden = {
        named(path)
        for path in HOUSE.rglob("*")
        if path.stem in FORBIDDEN_NAMES and path.suffix in {"", ".py"}
    }
    assert hidden - NAMED_BY_DJANGO == set()


def test_every_module_says_what_it_holds():
    silent = [
        named(path)
        for path in code()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


# ── rules and actions ──


def rules_modules() -> list[Path]:
    return [path for path in code() if path.name == "rules.py" or path.parent.name == "rules"]


def impurities(source: str) -> list[str]:
    """The ORM, a model or a clock, in a module that must have none."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if is_orm(alias.name)]
        elif isinstance(node, ast.ImportFrom):
            found += [
                f"{node.module}.{alias.name}" for alias in node.names if is_orm(f"{node.module}.{alias.name}")
            ]
        elif isinstance(node, ast.Attribute) and node.attr in {
            "now",
            "localdate",
            "localtime",
            "today",
            "utcnow",
        }:
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Attribute) and node.attr == "objects":
            found.append(ast.unparse(node))
    return found


def is_orm(dotted: str) -> bool:
    parts = dotted.split(".")
    return dotted.startswith("django.db") or (
        parts[0] == "mingbai" and {"models", "queries", "actions"} & set(parts)
    )


@pytest.mark.parametrize("path", rules_modules(), ids=named)
def test_rules_know_no_database_and_no_clock(path):
    assert impurities(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.db.models import Q",
        "from mingbai.cases.models import Case",
        "x = timezone.now()",
        "Case.objects.get()",
    ],
)
def test_a_planted_impurity_is_found(source):
    assert impurities(source)


def actions_modules() -> list[Path]:
    """What `actions` offers; a module with an underscore is a workshop of its own package."""
    found = [path for path in code() if path.name == "actions.py" or path.parent.name == "actions"]
    return [path for path in found if not path.name.startswith("_")]


def loose_actions(source: str) -> list[str]:
    """Public functions that take positional arguments or do not say who acts."""
    public = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    return [
        node.name
        for node in public
        if node.args.args
        or node.args.posonlyargs
        or "by" not in {argument.arg for argument in node.args.kwonlyargs}
    ]


@pytest.mark.parametrize("path", actions_modules(), ids=named)
def test_actions_take_keywords_only_and_say_who_acts(path):
    assert loose_actions(path.read_text()) == []


def test_a_planted_loose_action_is_found():
    source = (
        "def close(case, *, by): ...\ndef open(*, text): ...\ndef good(*, by, text): ...\ndef _own(x): ..."
    )
    assert loose_actions(source) == ["close", "open"]


# ── models ──


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_model_has_a_text_and_a_chinese_name(model):
    assert model.__str__ is not models.Model.__str__, "no __str__"
    with translation.override("zh-hans"):
        fields = [field for field in model._meta.local_fields if not field.auto_created]
        foreign = [field.name for field in fields if not CHINESE.search(str(field.verbose_name))]
        assert CHINESE.search(str(model._meta.verbose_name))
    assert foreign == []


PERSONAL_NAMES = {"phone_hash", "id_hash", "id_number", "birth_date", "email", "photo"}


def is_sealed(name: str) -> bool:
    return name == "sealed" or name.endswith("_sealed")


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_field_of_personal_data_is_declared(model):
    declared = getattr(model, "PERSONAL", {})
    names = {field.name for field in model._meta.get_fields()}
    looks_personal = {name for name in names if is_sealed(name)} | (names & PERSONAL_NAMES)
    assert looks_personal - set(declared) == set(), "declare it in PERSONAL with its retention class"
    assert set(declared) - names == set(), "PERSONAL names a field that is not there"
    for code in declared.values():
        kept = RETENTION.get(code)
        assert kept.forget or kept.command, f"nothing ends what is kept as {code}"


# ── pages ──


def views(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern)
        else:
            yield pattern


def module_of(view: Callable[..., object]) -> str:
    """Where the innermost function was written, beneath wrappers and partials."""
    inner = inspect.unwrap(view)
    return (inner.func if isinstance(inner, functools.partial) else inner).__module__


def test_every_view_declares_who_may_see_it():
    ours = [pattern for pattern in views() if not module_of(pattern.callback).startswith(FOREIGN_VIEWS)]
    assert len(ours) > 20, "the walk finds the pages"
    assert [pattern for pattern in ours if not hasattr(pattern.callback, "access")] == []


def test_no_view_starts_from_everything():
    assert [named(path) for path in code(HOUSE / "web") if ".objects.all()" in path.read_text()] == []


def literals(path: Path) -> Iterator[str]:
    """Regular expressions of every text in a module; a gap of an f-string may be anything."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
            )


def overrides_a_foreign_template(name: str) -> bool:
    folders = {
        str(folder)
        for loader in engines["django"].engine.template_loaders
        for folder in foreign_folders(loader)
    }
    return any((Path(folder) / name).exists() for folder in folders)


def foreign_folders(loader) -> list[Path]:
    loaders = [loader, *getattr(loader, "loaders", [])]
    folders = [Path(folder) for one in loaders if hasattr(one, "get_dirs") for folder in one.get_dirs()]
    return [folder for folder in folders if not folder.is_relative_to(ROOT) or ".venv" in folder.parts]


ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}


def unused(sources: Mapping[str, str], everywhere: str) -> list[str]:
    """Functions and constants of the top of a module whose name stands nowhere but where it is defined."""
    words = Counter(re.findall(r"\w+", everywhere))
    return [
        f"{path}: {name}"
        for path, source in sources.items()
        for node in ast.parse(source).body
        for name in defined_by(node)
        if not name.startswith("__") and words[name] < 2
    ]


def defined_by(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_nothing_is_defined_that_nobody_uses():
    """What only tests use is not used either."""
    sources = {named(path): path.read_text() for path in code()}
    others = [*(ROOT / "templates").rglob("*.html"), *code(ROOT / "config"), *code(ROOT / "ops")]
    everywhere = "\n".join([*sources.values(), *(path.read_text() for path in others)])
    assert [one for one in unused(sources, everywhere) if one not in _FOR_TESTS] == []


_FOR_TESTS = {
    "mingbai/journal/guards.py: without_guards",
    "mingbai/hotline/actions/arrivals.py: bring_order",
    "mingbai/hotline/actions/switch.py: expect_recording",
}
"""Tests flush the journal's tables, which nothing else may, and tell alone what the line tells together."""


def test_a_planted_unused_name_is_found():
    source = "def lonely(): pass\nUSED = 1\nprint(USED)"
    assert unused({"a.py": source}, source) == ["a.py: lonely"]


def test_no_template_is_unused():
    templates = ROOT / "templates"
    everything = [path for path in templates.rglob("*") if path.suffix in {".html", ".txt"}]
    texts = {text for folder in (HOUSE, ROOT / "config") for path in code(folder) for text in literals(path)}
    wanted = re.compile(
        "|".join(sorted(text for text in texts if text.endswith(("html", "txt")))) or "nothing"
    )
    included = {
        name for path in everything for name in re.findall(r"""["']([\w./-]+\.\w+)["']""", path.read_text())
    }
    unused = [
        name
        for path in everything
        if (name := str(path.relative_to(templates))) not in included | ERROR_PAGES
        and not wanted.fullmatch(name)
        and not overrides_a_foreign_template(name)
    ]
    assert unused == []
