"""Laws come in by folder: what is new, what an amendment changes and from which day; all of it or nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions import _index
from mingbai.knowledge.actions._allowed import require
from mingbai.knowledge.entries import article_entry, law_entry
from mingbai.knowledge.enums import AnswerState, Kind
from mingbai.knowledge.models import Answer, Article, Law
from mingbai.knowledge.perms import can_edit_words
from mingbai.knowledge.rules.indexing import Entry
from mingbai.knowledge.rules.lawtext import (
    ArticleText,
    Difference,
    Held,
    LawText,
    difference,
    is_suspicious,
    read_law,
)
from mingbai.knowledge.rules.numerals import article_name

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LawChange:
    """What an import did to one law; names of articles in their order."""

    title: str
    is_new: bool
    on: date | None
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(slots=True)
class ImportedLaws:
    changes: list[LawChange] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@transaction.atomic
def import_laws(
    *, by: Actor, files: Mapping[str, str], on: date | None = None, may_vanish: bool = False
) -> ImportedLaws:
    """Bring in the markdown of laws (file name → text): one transaction, content and index together.

    `on`: the day from which changed wordings hold; without it the day of the amending decision, or today.
    Raises Refused "unfit_laws" when any file is unfit, naming all of them: then nothing has changed; and
    "not_allowed".
    """
    require(by, can_edit_words)
    laws, remarks = _read(files)
    done = ImportedLaws(remarks=remarks)
    for title, texts in laws.items():
        done.changes.append(_import(title, texts, by=by, on=on, may_vanish=may_vanish, remarks=done.remarks))
    return done


def _read(files: Mapping[str, str]) -> tuple[dict[str, list[LawText]], list[str]]:
    laws: dict[str, list[LawText]] = defaultdict(list)
    problems, remarks = [], []
    for name, text in sorted(files.items()):
        law = read_law(text)
        problems += [f"{name}：{problem}" for problem in law.problems]
        remarks += [f"{name}：{remark}" for remark in law.remarks]
        laws[law.title].append(law)
    if not files:
        problems.append(_("没有找到法律文件（*.md）"))
    problems += [problem for title, texts in laws.items() for problem in _clashes(title, texts)]
    if problems:
        raise Refused(
            "\n".join(problems),
            code="unfit_laws",
            kept=_("原有的法条和索引都没有改动。"),
            do=_("请改正文件后重新导入。"),
        )
    return laws, remarks


def _clashes(title: str, texts: Sequence[LawText]) -> list[str]:
    """Two files of one law may not hold the same article twice."""
    seen: dict[tuple[int, int], str] = {}
    found = []
    for law in texts:
        for article in law.articles:
            if article.key in seen:
                found.append(
                    _("%(title)s：%(name)s在两个文件里都有（%(first)s、%(second)s）")
                    % {
                        "title": title,
                        "name": article.name,
                        "first": seen[article.key] or _("正文"),
                        "second": law.part or _("正文"),
                    }
                )
            seen[article.key] = law.part
    return found


def _import(
    title: str,
    texts: Sequence[LawText],
    *,
    by: Actor,
    on: date | None,
    may_vanish: bool,
    remarks: list[str],
) -> LawChange:
    law, is_new = _law(title, texts)
    articles = {(row.number, row.suffix): row for row in _current(law)}
    held: Held = {key: (row.text, row.chapter, row.part) for key, row in articles.items()}
    read = [article for text in texts for article in text.articles]
    found = difference(held, read, frozenset(text.part for text in texts))
    if is_suspicious(found, len(held)) and not may_vanish:
        raise _cut_off(title, len(found.vanished))
    begins = _begins(law, texts, on, is_new=is_new)
    if begins is None and not is_new and (found.changed or found.new or found.vanished):
        begins = timezone.localdate()
        remarks.append(
            _("%(title)s：文件没有写修改日期，新文本自今日起算；可用 --on 指明") % {"title": title}
        )
    if found:
        _carry_out(law, articles, found, begins)
        _journal(law, found, by, begins, is_new=is_new)
    _remember(law, texts, is_new=is_new)
    return LawChange(
        title=title,
        is_new=is_new,
        on=begins if found else None,
        new=tuple(one.name for one in found.new),
        changed=tuple(one.name for one in found.changed),
        vanished=tuple(article_name(*key) for key in found.vanished),
        unchanged=len(read) - len(found.new) - len(found.changed),
    )


def _cut_off(title: str, count: int) -> Refused:
    return Refused(
        _("%(title)s：文件里少了 %(count)d 条现行条文，像是文件不完整。") % {"title": title, "count": count},
        code="many_vanished",
        kept=_("原有的法条和索引都没有改动。"),
        do=_("确实废止了这些条文的，请加 --may-vanish 重新导入。"),
    )


def _law(title: str, texts: Sequence[LawText]) -> tuple[Law, bool]:
    defaults = {"imported_at": timezone.now(), "elsewhere": _elsewhere(title)}
    law, is_new = Law.objects.select_for_update(of=("self",)).get_or_create(title=title, defaults=defaults)
    return law, is_new


_PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 "
    "湖北 湖南 广东 广西 海南 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
).split()


def _elsewhere(title: str) -> str:
    """The province of a local law by its title: whoever reads it must see that it may not be theirs."""
    return next((name for name in _PROVINCES if title.startswith(name)), "")


def _current(law: Law) -> list[Article]:
    return list(Article.objects.filter(law=law, valid_to=None).order_by("number", "suffix"))


def _begins(law: Law, texts: Sequence[LawText], on: date | None, *, is_new: bool) -> date | None:
    """The first day of what this import opens; None for a first wording whose day the file does not tell.

    The day "自……起施行" is that of the first wording: an amended law begins at a day the file rarely names.
    """
    if on is not None:
        return on
    version = max((text.version_on for text in texts if text.version_on), default=None)
    if not is_new:
        return version if version and (law.version_on is None or version > law.version_on) else None
    first = next((text.in_force_on for text in reversed(texts) if text.in_force_on), None)
    return first if first and (version is None or version <= first) else None


def _carry_out(
    law: Law, articles: Mapping[tuple[int, int], Article], found: Difference, begins: date | None
) -> None:
    """Close what ends, open what begins; the same day again is a correction of the text, not a new one."""
    for one in found.moved:
        row = articles[one.key]
        row.chapter, row.part = one.chapter, one.part
    corrected: list[tuple[Article, ArticleText]] = []
    closed: list[tuple[Article, ArticleText]] = []
    for one in found.changed:
        row = articles[one.key]
        is_correction = begins is None or (row.valid_from is not None and row.valid_from >= begins)
        if is_correction:
            row.text, row.chapter, row.part = one.text, one.chapter, one.part
        (corrected if is_correction else closed).append((row, one))
    _close([row for row, _one in closed] + [articles[key] for key in found.vanished], begins)
    opened = [_article(law, one, begins) for one in (*found.new, *(one for _row, one in closed))]
    Article.objects.bulk_create(opened, batch_size=500)
    kept = [articles[one.key] for one in found.moved] + [row for row, _one in corrected]
    Article.objects.bulk_update(kept, ["text", "chapter", "part"], batch_size=200)
    _index.enter([_entry(row, law) for row in (*opened, *kept)])


def _article(law: Law, one: ArticleText, begins: date | None) -> Article:
    return Article(
        law=law,
        part=one.part,
        chapter=one.chapter,
        number=one.number,
        suffix=one.suffix,
        text=one.text,
        valid_from=begins,
    )


def _entry(row: Article, law: Law) -> Entry:
    row.law = law
    return article_entry(row)


def _close(rows: Sequence[Article], begins: date | None) -> None:
    """End wordings on the day before; published answers that cite them are due for review from that day."""
    today = timezone.localdate()
    last = (begins or today) - ONE_DAY
    for row in rows:
        # One that ends before it begins never held: it ends on its own first day.
        row.valid_to = max(last, row.valid_from) if row.valid_from else last
    Article.objects.bulk_update(rows, ["valid_to"], batch_size=200)
    _index.leave(Kind.ARTICLE, [str(row.pk) for row in rows if row.valid_to and row.valid_to < today])
    _index.enter([article_entry(row) for row in rows if row.valid_to and row.valid_to >= today])
    citing = Answer.objects.filter(state=AnswerState.PUBLISHED, articles__in=[row.pk for row in rows])
    due = begins or today
    Answer.objects.filter(pk__in=citing.values("pk"), review_on__gt=due).update(review_on=due)


def _journal(law: Law, found: Difference, by: Actor, begins: date | None, *, is_new: bool) -> None:
    data = {
        "title": law.title,
        "from": begins.isoformat() if begins else None,
        "new": len(found.new),
        "changed": [one.name for one in found.changed],
        "vanished": [article_name(*key) for key in found.vanished],
        "moved": len(found.moved),
    }
    write(chain=f"law:{law.pk}", verb="law.imported", by=by, data=data, is_new=is_new)


def _remember(law: Law, texts: Sequence[LawText], *, is_new: bool) -> None:
    """The law's own row and document, only where they change: an import repeated writes nothing."""
    adoption = "\n".join(dict.fromkeys(line for text in texts for line in text.adoption))
    version = max((text.version_on for text in texts if text.version_on), default=law.version_on)
    if not is_new and (law.adoption, law.version_on) == (adoption, version):
        return
    law.adoption, law.version_on, law.imported_at = adoption, version, timezone.now()
    law.save(update_fields=["adoption", "version_on", "imported_at"])
    _index.enter([law_entry(law)])


@transaction.atomic
def name_law(*, by: Actor, law: Law, aliases: Sequence[str]) -> Law:
    """Say by which other names a law is called; all its articles are found by them at once.

    Raises Refused "bad_aliases", "not_allowed".
    """
    require(by, can_edit_words)
    law = Law.objects.select_for_update(of=("self",)).get(pk=law.pk)
    names = list(dict.fromkeys(name.strip() for name in aliases if name.strip()))
    if any(len(name) > 60 for name in names) or len(names) > 12:
        raise Refused(_("简称最多 12 个，每个最多 60 个字。"), code="bad_aliases", field="aliases")
    if names == law.aliases:
        return law
    before, law.aliases = law.aliases, names
    law.save(update_fields=["aliases"])
    rows = Article.objects.filter(law=law).exclude(valid_to__lt=timezone.localdate())
    _index.enter([law_entry(law), *(_entry(row, law) for row in rows)])
    write(chain=f"law:{law.pk}", verb="law.named", by=by, data={"from": before, "to": names})
    return law
