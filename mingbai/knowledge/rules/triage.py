"""What a text may be about, how urgent it is and what it warns of, with the words that led to it.

Proposals for a person: it never refuses and never decides (PIPL Art. 24).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mingbai.knowledge.enums import Risk, Urgency
from mingbai.knowledge.rules.counting import counted
from mingbai.knowledge.rules.lexicon import Lexicon, RiskWords, lexicon
from mingbai.knowledge.rules.words import clean

_CLAUSE = re.compile(r"[。！？；，、,.!?;:：\n…~～]+|\s{2,}")
_CLAUSES_READ = 400
MOST_LABELS = 3

RISK_FIGURES = {
    "worked_with": 0.98,
    "sealed": 0.91,
    "urgency": 0.91,
    "false_alarms": 0.04,
    "real_questions_unseen": 0.78,
}
"""What the lexicon of risks finds, counted by tests/knowledge/test_risks.py: of what it was written with; of
the half of our own texts that was kept apart; how often it says rightly how urgent they are; how many
harmless texts alarm. The last is of 170 real questions with 23 risks, marked before the lexicon was asked
(docs/adr/0040). Of 3,000 real questions it warns in 8 %. No warning does not mean no danger."""

URGENCIES: dict[str, Urgency] = {
    Risk.VIOLENCE: Urgency.URGENT,
    Risk.MINOR: Urgency.URGENT,
    Risk.SUICIDE: Urgency.URGENT,
    Risk.ESCALATION: Urgency.URGENT,
    Risk.LIMITATION: Urgency.URGENT,
    Risk.WAGE_GROUP: Urgency.SOON,
    Risk.CUSTODY: Urgency.SOON,
    Risk.ELDER: Urgency.SOON,
}
"""How urgent a matter is at least where its text warns of that."""
_HASTE = re.compile(
    r"很急|急急|急死|紧急|加急|特别急|太急|着急(?:用|问|等)|急需|急用|救命|救救|求救|马上就要|十万火急|在线等"
    r"|(?<=[，。！!,. ])急[！!。. ]*$|看病的钱|催着?(?:交|签|搬)|断[水电]|停[水电]|强拆"
    r"|限(?:我|期|令)?.{0,4}[天日]之?内.{0,6}(?:拆|搬|交|签|腾|还)"
    r"|(?:今天|明天|后天|今晚|明早|周末|这周[一二三四五六日末]?|下周[一二三四五六日])(?:就|之?前|以前|必须|得|要).{0,6}(?:搬|签|拆|腾|手术)"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """The words that led to something: its code, and the words as they stand in the text."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Triage:
    """`kind`: "" where nothing speaks for another than was asked for. `topics`: (code, share), best first."""

    kind: str
    topics: tuple[tuple[str, float], ...]
    urgency: Urgency
    risks: tuple[str, ...]
    reasons: tuple[Reason, ...]


def triage(text: str) -> Triage:
    """Read a text with the lexicon alone. Any text is read; one that says nothing gives nothing."""
    words, said = lexicon(), clean(text)
    risks = list(_risks(said, words))
    topics = _counted(said, words.topics)
    kinds = _counted(said, words.kinds)
    kind = kinds[0][0] if kinds else ""
    haste = _HASTE.search(said)
    reasons = [
        *risks,
        *(Reason(code, "、".join(found)) for code, found in topics[:MOST_LABELS]),
        *(Reason(code, "、".join(found)) for code, found in kinds[:1]),
        *([Reason(Urgency.SOON, haste.group())] if haste else []),
    ]
    codes = tuple(dict.fromkeys(reason.code for reason in risks))
    return Triage(kind, _shares(topics), _urgency(codes, is_hasty=haste is not None), codes, tuple(reasons))


def risks_of(text: str) -> tuple[Reason, ...]:
    """The risks alone: what every matter is read for when it comes in."""
    return tuple(_risks(clean(text), lexicon()))


def _risks(said: str, words: Lexicon) -> Iterator[Reason]:
    clauses = [clause for clause in _CLAUSE.split(said)[:_CLAUSES_READ] if _is_of_today(clause, words)]
    today = "，".join(clauses)
    for code, risk in words.risks.items():
        if found := _first(today, risk, words) or (code == Risk.LIMITATION and _days_of(today)):
            yield Reason(code, found)


def _days_of(said: str) -> str:
    return next((one.words for one in counted(said)), "")


def _has(said: str, words: tuple[str, ...]) -> bool:
    return not words or any(word in said for word in words)


def _first(said: str, risk: RiskWords, words: Lexicon) -> str:
    """The first words that hold and are not negated. Patterns reach over commas: they part who and what."""
    if not _has(said, risk.needs) or not _has(said, risk.also):
        return ""
    for match in risk.pattern.finditer(said):
        start, end = _around(said, match, 0)
        if words.negated.search(said[start : match.start()]) or any(w in said[start:end] for w in risk.skip):
            continue
        # In a long text many are named, and money elsewhere: the two stand close together.
        start, end = _around(said, match, 2)
        if _has(said[start:end], risk.also):
            return match.group()
    return ""


def _around(said: str, match: re.Match[str], more: int) -> tuple[int, int]:
    """Where the clauses of a match begin and end, with so many more on both sides."""
    start, end = match.start() + 1, match.end() - 1
    for _each in range(more + 1):
        start = max(said.rfind("，", 0, max(start - 1, 0)), 0)
        end = said.find("，", end + 1) if said.find("，", end + 1) >= 0 else len(said)
    return start, end


def _is_of_today(clause: str, words: Lexicon) -> bool:
    """Something that is, not what was long ago or what the law says in general."""
    is_past = words.past.search(clause) and not words.still.search(clause)
    is_asked = words.asks.search(clause) and not words.own.search(clause)
    return bool(clause) and not is_past and not is_asked and not words.general.search(clause)


def _counted(said: str, table: dict[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    """(code, its words in the text), most words first; ties in the table's order."""
    found = [(code, [word for word in words if word in said]) for code, words in table.items()]
    return sorted((one for one in found if one[1]), key=lambda one: -len(one[1]))


def _shares(topics: list[tuple[str, list[str]]]) -> tuple[tuple[str, float], ...]:
    whole = sum(len(found) for _code, found in topics)
    return tuple((code, round(len(found) / whole, 4)) for code, found in topics)


def _urgency(risks: tuple[str, ...], *, is_hasty: bool) -> Urgency:
    order = (Urgency.NORMAL, Urgency.SOON, Urgency.URGENT)
    least = Urgency.SOON if is_hasty else Urgency.NORMAL
    return max([least, *(URGENCIES[risk] for risk in risks)], key=order.index)
