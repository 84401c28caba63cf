"""A statute's markdown, read: title, part, how it was adopted, chapters, and one text per article."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from mingbai.knowledge.rules.numerals import NUMERAL, article_name, to_int

_COMMENT = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.S | re.I)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
"""A tag of HTML; 《<中华人民共和国法官法>》 in old decisions is no tag."""
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_HEADING = re.compile(r"^(#{1,6})\s*(.*)$")
_ARTICLE = re.compile(rf"^第({NUMERAL})条(?:之({NUMERAL}))?(?:\s+|$|(?=[^\s的、和至、，。规]))(.*)$")
_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_IN_FORCE = re.compile(r"自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*起\s*(?:施行|实施|生效)")


@dataclass(frozen=True, slots=True)
class ArticleText:
    number: int
    suffix: int
    text: str
    chapter: str = ""
    part: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.number, self.suffix

    @property
    def name(self) -> str:
        return article_name(self.number, self.suffix)


@dataclass(frozen=True, slots=True)
class LawText:
    """One file. `problems` make it unfit to be imported; `remarks` are only shown."""

    title: str
    part: str
    adoption: tuple[str, ...]
    articles: tuple[ArticleText, ...]
    version_on: date | None = None
    """The latest day that the lines of adoption name."""
    in_force_on: date | None = None
    """"自……起施行" of the last article: the day of the first wording."""
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def read_law(text: str) -> LawText:
    """Read one markdown file; never raises: what is wrong stands in `problems`, in plain Chinese."""
    reader = _Reader()
    for number, line in enumerate(plain(text).split("\n"), start=1):
        reader.take(number, line.strip())
    return reader.done()


def plain(text: str) -> str:
    """The text without tags, comments and invisible marks, entities resolved; line ends kept."""
    text = _COMMENT.sub(lambda gone: "\n" * gone.group().count("\n"), text.replace("\r\n", "\n"))
    # Twice: "&lt;b&gt;" becomes a tag by the first round. Output is escaped all the same.
    for _round in range(2):
        text = html.unescape(_TAG.sub("", text))
    return _INVISIBLE.sub("", _TAG.sub("", text))


@dataclass
class _Reader:
    title: str = ""
    part: str = ""
    adoption: list[str] = field(default_factory=list)
    chapters: dict[int, str] = field(default_factory=dict)
    articles: list[ArticleText] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    head: tuple[int, int, int] | None = None

    def take(self, number: int, line: str) -> None:
        if not line:
            return
        if heading := _HEADING.match(line):
            self._close()
            self._heading(len(heading.group(1)), _squeezed(heading.group(2)))
        elif found := self._article(line):
            self._close()
            self.head = (found[0], found[1], number)
            self.body = [found[2]] if found[2] else []
        elif self.head is not None:
            self.body.append(line)
        elif not self.articles and not self.chapters:
            self.adoption.append(line)

    def _article(self, line: str) -> tuple[int, int, str] | None:
        match = _ARTICLE.match(line)
        if match is None:
            return None
        try:
            number = to_int(match.group(1))
            return number, to_int(match.group(2)) if match.group(2) else 0, match.group(3).strip()
        except ValueError:
            return None

    def _heading(self, depth: int, words: str) -> None:
        if depth == 1 and not self.title:
            self.title = words.replace(" ", "")
        elif depth == 1:
            self.part = words.replace(" ", "")
        else:
            self.chapters = {level: name for level, name in self.chapters.items() if level < depth}
            self.chapters[depth] = words

    def _close(self) -> None:
        if self.head is None:
            return
        number, suffix, line = self.head
        chapter = " ".join(self.chapters[level] for level in sorted(self.chapters))[:200]
        text = "\n".join(self.body)
        self.articles.append(ArticleText(number, suffix, text, chapter, self.part, line))
        self.head, self.body = None, []

    def done(self) -> LawText:
        self._close()
        kept, doubled, remarks = _once(self.articles)
        problems = [*doubled, *_wanting(self.title, kept)]
        dates = [day for line in self.adoption if (day := _last_date(line))]
        return LawText(
            title=self.title[:200],
            part=self.part[:64],
            adoption=tuple(self.adoption),
            articles=tuple(kept),
            version_on=max(dates, default=None),
            in_force_on=_in_force([*self.adoption, *(one.text for one in kept[-1:])]),
            problems=tuple(problems),
            remarks=(*remarks, *_gaps(kept)),
        )


def _squeezed(words: str) -> str:
    """ "第一章 总 则" → "第一章 总则": one blank between, none inside a name that is spaced out."""
    parts = words.replace("\u3000", " ").split()
    if len(parts) > 2 and all(len(part) == 1 for part in parts[1:]):
        return f"{parts[0]} {''.join(parts[1:])}"
    return " ".join(parts)


def _once(found: Iterable[ArticleText]) -> tuple[list[ArticleText], list[str], list[str]]:
    """Two articles of one number: the same text twice is said and kept once, two texts are a problem."""
    kept: dict[tuple[int, int], ArticleText] = {}
    problems, remarks = [], []
    for one in found:
        first = kept.setdefault(one.key, one)
        if first is one:
            continue
        if first.text == one.text:
            remarks.append(f"{one.name}重复（第{first.line}行和第{one.line}行），内容相同，只收一次")
        else:
            problems.append(f"有两个{one.name}（第{first.line}行和第{one.line}行），内容不同，请核对原文")
    return list(kept.values()), problems, remarks


def _wanting(title: str, kept: list[ArticleText]) -> list[str]:
    problems = [] if title else ["没有标题（第一行应为“# 法律名称”）"]
    if not kept:
        problems.append("没有以“第……条”开头的条文")
    return problems + [f"{one.name}（第{one.line}行）没有内容" for one in kept if not one.text]


def _gaps(kept: list[ArticleText]) -> list[str]:
    numbers = sorted({one.number for one in kept})
    return [
        f"{article_name(before)}之后是{article_name(after)}，中间缺条"
        for before, after in zip(numbers, numbers[1:], strict=False)
        if after > before + 1
    ]


def _last_date(line: str) -> date | None:
    days = [day for match in _DATE.finditer(line) if (day := _day(match))]
    return max(days, default=None)


def _in_force(lines: Iterable[str]) -> date | None:
    days = [day for line in lines for match in _IN_FORCE.finditer(line) if (day := _day(match))]
    return days[-1] if days else None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None


# ── what an import changes ──


@dataclass(frozen=True, slots=True)
class Difference:
    """Articles of one law, by what happens to them; `moved` have the same text under another chapter."""

    new: tuple[ArticleText, ...] = ()
    changed: tuple[ArticleText, ...] = ()
    vanished: tuple[tuple[int, int], ...] = ()
    moved: tuple[ArticleText, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.vanished or self.moved)


Held = dict[tuple[int, int], tuple[str, str, str]]
"""What the table holds now: (number, suffix) → (text, chapter, part)."""


def difference(held: Held, read: Iterable[ArticleText], parts: frozenset[str]) -> Difference:
    """Compare by number. Articles of parts that were not read are left alone: half a code repeals nothing."""
    found = {one.key: one for one in read}
    new = [one for key, one in found.items() if key not in held]
    changed = [one for key, one in found.items() if key in held and held[key][0] != one.text]
    moved = [
        one
        for key, one in found.items()
        if key in held and held[key][0] == one.text and held[key][1:] != (one.chapter, one.part)
    ]
    vanished = [key for key, (_text, _chapter, part) in held.items() if part in parts and key not in found]
    return Difference(tuple(new), tuple(changed), tuple(sorted(vanished)), tuple(moved))


def is_suspicious(difference_: Difference, held: int) -> bool:
    """True when so much vanishes that the file is rather cut off than the law amended."""
    return len(difference_.vanished) > max(3, held // 10)


def short_names(title: str) -> list[str]:
    """Names by which a law is called: without the state's name, without "of the courts", code and book.

    >>> short_names("中华人民共和国劳动合同法")
    ['劳动合同法']
    """
    short = title.removeprefix("中华人民共和国")
    names = [short] if short != title else []
    if match := re.search(r"关于(.{4,40}?)的?(?:若干)?(?:规定|解释|意见|办法)", short):
        names.append(match.group(1))
    return [name for name in names if name]
