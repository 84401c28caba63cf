"""Translations without GNU gettext: collects the texts of code and templates, checks and compiles catalogues.

--update merges new and vanished texts into locale/*/LC_MESSAGES/django.po; --check fails on a text that is
missing, empty, fuzzy or vanished, whose placeholders differ, or that a template shows without marking it;
--compile writes the .mo files, which are not kept in the repository. The source language is Chinese.
"""

import argparse
import io
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
CODE = ("mingbai", "config")
TEMPLATES = ("templates", "mingbai")
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"

KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "_L": None,  # gettext_lazy beside gettext in one module
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]|\{\w*\}")
# Names that stay as they are in every language.
NAMES = {"明", "明白", "简体中文", "中文"}

Found = tuple[str, str | tuple[str, ...], str | None]


def files(folders: tuple[str, ...], suffix: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))


def texts_of_code(path: Path) -> Iterator[Found]:
    with path.open("rb") as source:
        yield from texts(source, path)


def texts_of_template(path: Path) -> Iterator[Found]:
    from django.utils.translation.template import templatize

    # The brackets make Python's tokenizer deaf to the indentation of HTML.
    code = "(" + templatize(path.read_text(), origin=str(path)) + "\n)"
    yield from texts(io.BytesIO(code.encode()), path)


def texts(source: io.BufferedReader | io.BytesIO, path: Path) -> Iterator[Found]:
    place = str(path.relative_to(ROOT))
    options = {"encoding": "utf-8"}
    for _line, text, _comments, context in extract("python", source, KEYWORDS, (), options):
        if text:
            yield place, text, context


def collected() -> Catalog:
    """Every text and the files that use it; no line numbers, so that an edit elsewhere changes nothing."""
    catalogue = Catalog(project="Mingbai", charset="utf-8")
    found = [text for path in files(CODE, ".py") for text in texts_of_code(path)]
    found += [text for path in files(TEMPLATES, ".html") for text in texts_of_template(path)]
    found += [text for path in files(TEMPLATES, ".txt") for text in texts_of_template(path)]
    for place, text, context in found:
        catalogue.add(text, locations=[(place, 0)], context=context)
    return catalogue


def stored() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en", project="Mingbai", charset="utf-8")
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en")


def empty(message: Message) -> bool:
    return not all(message.string) if isinstance(message.string, tuple | list) else not message.string


def placeholders(text: str | tuple[str, ...] | list[str]) -> set[str]:
    parts = [text] if isinstance(text, str) else text
    return {mark for part in parts for mark in PLACEHOLDER.findall(part.replace("%%", ""))}


def complaints() -> Iterator[str]:
    """What keeps the English edition from being complete."""
    wanted, have = collected(), stored()
    for message in wanted:
        if not message.id:
            continue
        known = have.get(message.id, message.context)
        where = message.locations[0][0]
        if known is None or empty(known):
            yield f"{where}: no translation of {message.id!r}"
        elif known.fuzzy:
            yield f"{where}: unsure (fuzzy) translation of {message.id!r}"
        elif placeholders(known.string or "") - placeholders(message.id):
            yield f"{where}: placeholders of {message.id!r} differ in {known.string!r}"
    for message in have:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{CATALOGUE.relative_to(ROOT)}: nobody uses {message.id!r}"
    yield from unmarked()


def unmarked() -> Iterator[str]:
    """Chinese that a template shows without a translate tag."""
    for path in files(TEMPLATES, ".html"):
        for line, text in bare_texts(path.read_text()):
            if CHINESE.search(text) and text not in NAMES:
                yield f"{path.relative_to(ROOT)}:{line}: not marked for translation: {text[:40]!r}"


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    from django.template.base import Lexer, TokenType

    inside = ""
    for token in Lexer(source).tokenize():
        word = token.contents.split(" ", 1)[0] if token.token_type == TokenType.BLOCK else ""
        if inside:
            inside = "" if word == f"end{inside}" else inside
        elif word in {"blocktranslate", "blocktrans", "comment"}:
            inside = word
        elif token.token_type == TokenType.TEXT:
            without_comments = re.sub(r"<!--.*?-->", "", token.contents, flags=re.DOTALL)
            for part in re.split(r'[<>"\n]', without_comments):
                yield token.lineno or 0, part.strip()


def update() -> None:
    have = stored()
    wanted = collected()
    before = {(message.id, message.context) for message in have if message.id}
    made = have.creation_date
    have.update(wanted, no_fuzzy_matching=True, update_header_comment=False)
    have.creation_date = made  # no change of the file where no text changed
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as target:
        write_po(target, have, width=110, include_lineno=False, ignore_obsolete=True, sort_by_file=True)
    after = {(message.id, message.context) for message in have if message.id}
    left = sum(empty(message) for message in have if message.id)
    print(f"{len(after)} texts, {len(after - before)} new, {len(before - after)} gone, {left} to translate")


def compile_all() -> None:
    """Each .mo appears whole or not at all: a running server may read it at this moment."""
    for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3])
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target:
            write_mo(target, catalogue)
        Path(target.name).chmod(0o644)
        Path(target.name).replace(path.with_suffix(".mo"))


def check() -> int:
    found = list(complaints())
    for complaint in found[:60]:
        print(complaint)
    if found:
        print(f"{len(found)} complaints about translations; `make messages` adds what is new")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_mutually_exclusive_group(required=True)
    for verb in ("--update", "--check", "--compile"):
        verbs.add_argument(verb, action="store_true")
    wish = parser.parse_args()
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    if wish.update:
        update()
    elif wish.compile:
        compile_all()
    return check() if wish.check else 0


if __name__ == "__main__":
    sys.exit(main())
