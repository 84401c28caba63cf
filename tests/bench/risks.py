"""Risks and urgency: of our own texts, and of 600 real questions that one person read one after another.

`real_risks.tsv` names the questions by id (the texts are not ours to keep): drawn by chance from those that
hold any of some forty common signs of danger (打 死 刀 孩子 老人 抓 工资 期 …), and marked before the lexicon
was asked. Parts 1 and 2 were then used to mend it; the first measure of part 3 is in docs/adr/0040, single
words were mended after it. A risk with "?" may be found and need not be. Few risks each: mind the chance.
"""

import time
from pathlib import Path
from typing import Any

MARKED = Path(__file__).parent / "real_risks.tsv"


def measure(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """`rows`: the real questions, `id` and `text`."""
    from tests.knowledge.held import HARMLESS, HELD, KNOWN
    from tests.knowledge.told import measured, one_told, plain, texts_of
    from tests.knowledge.warnings import FRESH, TRIED

    texts = {row["id"]: row["text"] for row in rows}
    marked = [line.split("\t") for line in MARKED.read_text("utf-8").splitlines()[1:]]
    figures: dict[str, Any] = {
        "worked_with": measured([*plain([*TRIED, *FRESH, *KNOWN, *HELD]), *texts_of("open")]),
        "sealed": measured(texts_of("sealed")),
        "harmless": measured(plain((text, "") for text in HARMLESS)),
    }
    for part in ("1", "2", "3"):
        held = [one_told(texts[key], risks) for which, key, risks in marked if which == part and key in texts]
        figures[f"real_{part}"] = measured(held)
    return figures | {"real_alarms": _alarms(list(texts.values())[:3_000])}


def _alarms(texts: list[str]) -> dict[str, float]:
    """Share of texts that warn at all, and ms of each."""
    from mingbai.knowledge.rules.triage import triage

    started = time.perf_counter()
    warned = sum(bool(triage(text).risks) for text in texts)
    return {
        "share": round(warned / len(texts), 4),
        "mean_ms": round((time.perf_counter() - started) * 1_000 / len(texts), 2),
    }
