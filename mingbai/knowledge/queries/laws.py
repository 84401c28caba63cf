"""Articles as they hold today: for reading, and for what is learned from them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from mingbai.knowledge.entries import law_names as names_of
from mingbai.knowledge.enums import Kind
from mingbai.knowledge.models import Article, Law
from mingbai.knowledge.queries.hits import Hit
from mingbai.knowledge.rules.reference import cited, law_of, references
from mingbai.knowledge.rules.snippets import Part, passage
from mingbai.knowledge.rules.words import clean

MOST_NAMED = 10


def article_texts(on: date | None = None) -> list[tuple[str, str]]:
    """Return (ref, text) of every article in force that day (default today), by law and number.

    ref = full title + 第…条 in Chinese numerals: "中华人民共和国民法典第一千零七十九条".
    """
    rows = Article.objects.in_force(on or timezone.localdate()).select_related("law")
    return [(row.ref, row.text) for row in rows.order_by("law__title", "number", "suffix", "id")]


def law_names() -> dict[int, tuple[str, ...]]:
    """Every law's key → its title and all names it is called by."""
    return {law.pk: (law.title, *names_of(law)) for law in Law.objects.order_by("pk")}


def named_articles(text: str, *, on: date, law: int | None = None) -> list[Hit]:
    """The articles that a text names by number, as they read on that day; a number alone means any law's."""
    named = references(text)
    if not named:
        return []
    names = law_names()
    wanted = Q(pk__in=[])
    for one in named:
        found = law_of(one.before, names) if one.before else None
        # "他第二条" names no law: a number after other words is looked up only where it stands alone.
        if found is None and (one.before or len(named) > 1):
            continue
        meant = Q(number=one.number) & (Q(suffix=one.suffix) if one.suffix else Q())
        wanted |= meant & (Q(law=found) if found is not None else Q())
    rows = Article.objects.in_force(on).filter(wanted).select_related("law")
    if law is not None:
        rows = rows.filter(law=law)
    rows = rows.annotate(size=Count("law__articles")).order_by("-size", "law", "number", "suffix")
    return [article_hit(row, place) for place, row in enumerate(rows[:MOST_NAMED])]


def cited_articles(lines: Iterable[str], *, on: date) -> tuple[list[Article], list[str]]:
    """Lines that each cite one article ("劳动合同法第三十八条") → (the articles in force, the lines that cite
    none that is imported). Two queries."""
    asked = [line.strip() for line in lines if line.strip()]
    names = law_names() if asked else {}
    meant: dict[str, tuple[int, int, int]] = {}
    for line in asked:
        one = cited(line)
        law = law_of(one.before, names) if one else None
        if one and law is not None:
            meant[line] = (law, one.number, one.suffix)
    wanted = Q(pk__in=[])
    for law, number, suffix in meant.values():
        wanted |= Q(law=law, number=number, suffix=suffix)
    rows = Article.objects.in_force(on).filter(wanted).select_related("law") if meant else ()
    held = {(row.law_id, row.number, row.suffix): row for row in rows}
    found = {line: held[key] for line, key in meant.items() if key in held}
    return list(dict.fromkeys(found.values())), [line for line in asked if line not in found]


def article_hit(row: Article, place: int) -> Hit:
    """An article that stands at its place for itself, above what was found by words."""
    return Hit(
        kind=Kind.ARTICLE,
        ref=str(row.pk),
        title=row.ref,
        snippet=passage(row.text, ()),
        score=1_000.0 - place,
        title_parts=(Part(row.ref, True),),
        region=row.law.region_id or "",
    )


def named_law(text: str) -> list[Hit]:
    """The law whose title or name the text is, in one hit; none for anything longer."""
    asked = clean(text, most=100).strip("《》")
    for law, names in law_names().items() if 2 <= len(asked) <= 40 else ():
        if asked in {clean(name) for name in names}:
            row = Law.objects.get(pk=law)
            parts = (Part(row.title, True),)
            told = passage(row.adoption, ())
            return [Hit(Kind.LAW, str(law), row.title, told, 1_000.0, parts, region=row.region_id or "")]
    return []
