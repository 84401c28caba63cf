"""The papers keep step with the code: commands, settings, decisions, words and links."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
README, CHINESE = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def commands() -> list[str]:
    return sorted(path.stem for path in ROOT.glob("mingbai/*/management/commands/[a-z]*.py"))


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_every_command_is_in_the_readme(text):
    # What the house runs by itself, or what another command covers, needs no row.
    missing = [name for name in commands() if f"manage.py {name}" not in text and f"`{name} " not in text]
    assert set(missing) <= {"seal_journal"}


def test_every_setting_of_the_environment_is_in_the_readme():
    source = (ROOT / "config" / "settings.py").read_text()
    names = set(re.findall(r'_(?:env|list)\("([A-Z_]+)"', source))
    assert names and sorted(name for name in names if f"`{name}`" not in README) == []


def test_every_verb_of_make_is_in_the_readme():
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony and [verb for verb in phony[1].split() if f"make {verb}" not in README] == []


def test_every_decision_is_in_the_list():
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    decisions = sorted((ROOT / "docs" / "adr").glob("0*.md"))
    assert decisions and [path.name for path in decisions if path.name not in index] == []


def test_every_model_has_its_word_in_the_glossary():
    words = (ROOT / "docs" / "glossary.md").read_text()
    ours = [model for model in apps.get_models() if model.__module__.startswith("mingbai.")]
    assert sorted(model.__name__ for model in ours if not re.search(rf"\b{model.__name__}\b", words)) == []


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []
