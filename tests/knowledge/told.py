"""306 texts as residents tell them (`told.tsv`), what each warns of, how urgent it is, how well we read them.

Written for this project in one go, before the lexicon's patterns were read, by the hand that widened them
afterwards. A hash of each text put it into one of two halves: `open` was at hand while the patterns were
widened, of `sealed` only the sums were looked at. A risk with "?" may be found and need not be. Limits: one
hand wrote texts and patterns, so that both know the same words; the texts are short and mean what they say.
What real questions show is measured by ids alone (tests/bench/real_risks.tsv).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mingbai.knowledge.rules.triage import triage


@dataclass(frozen=True)
class Told:
    """`must`: risks that have to be found; `may`: these and others that would be no error."""

    text: str
    must: frozenset[str]
    may: frozenset[str]
    urgency: str = ""


def one_told(text: str, risks: str, urgency: str = "") -> Told:
    marked = risks.split()
    must = frozenset(risk for risk in marked if not risk.endswith("?"))
    return Told(text, must, frozenset(risk.rstrip("?") for risk in marked), urgency)


def texts_of(part: str) -> list[Told]:
    """`part`: "open" or "sealed"."""
    lines = (Path(__file__).parent / "told.tsv").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return [one_told(text, risks, urgency) for held, risks, urgency, text in rows if held == part]


def plain(pairs: Iterable[tuple[str, str]]) -> list[Told]:
    """The sets of `warnings.py` and `held.py`: all of their risks must be found."""
    return [one_told(text, risks) for text, risks in pairs]


def measured(texts: Sequence[Told]) -> dict[str, float]:
    """Shares: `recall` of the risks, `precision` of the warnings, `alarms` of the texts without any, and
    `urgency` of the texts that say how urgent they are (left out where none does)."""
    found = [(told, triage(told.text)) for told in texts]
    risks = [(told, set(read.risks)) for told, read in found]
    calm = [read for told, read in risks if not told.may]
    figures = {
        "texts": len(texts),
        "recall": _share(
            sum(len(told.must & read) for told, read in risks), sum(len(told.must) for told in texts)
        ),
        "precision": _share(
            sum(len(told.may & read) for told, read in risks), sum(len(r) for _told, r in risks)
        ),
        "alarms": _share(sum(bool(read) for read in calm), len(calm)),
    }
    said = [told.urgency == read.urgency for told, read in found if told.urgency]
    return figures | ({"urgency": _share(sum(said), len(said))} if said else {})


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
