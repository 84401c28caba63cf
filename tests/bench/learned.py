"""What is learned, on the real questions: articles with and without a model, questions alike, triage.

`measure(world)` runs this module in a process of its own with the world's database; there `inside()` works.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

from tests.bench.world import ROOT, World

SHARED = ROOT.parent / "shared" / "data"
QUESTIONS, PAIRS, LAWS = (
    SHARED / "consultations_dev.jsonl",
    SHARED / "near_duplicate_pairs.jsonl",
    SHARED / "laws",
)
LIMITS = {"without_model": 1.08, "with_model": 1.45, "alike_within_3": 0.90, "find_ms": 80, "alike_ms": 80}


def measure(world: World) -> dict[str, Any]:
    """Needs a founded world; returns the figures and whether each reaches its limit."""
    if not QUESTIONS.exists():
        return {"skipped": "../shared/data is not at hand"}
    world.manage("import_laws", str(LAWS))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.learned"],
        cwd=ROOT,
        env={**world.env, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


# ── inside the process ──


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def plain_ranking(articles: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[list[str]]:
    """The yardstick: BM25 over the words that rjieba cuts, nothing else."""
    import rjieba

    from mingbai.knowledge.learning import vectors

    bags = [[word for word in rjieba.cut(text) if word.strip()] for _ref, text in articles]
    columns = vectors.columns_of(bags)
    weights = vectors.bm25(vectors.count(bags, columns))
    asked = [list(dict.fromkeys(word for word in rjieba.cut(text) if word.strip())) for text in texts]
    scores = (vectors.count(asked, columns) @ weights.T).toarray()
    return [[articles[at][0] for at in row] for row in (-scores).argsort(axis=1, kind="stable")[:, :10]]


def articles() -> dict[str, Any]:
    from mingbai.knowledge.learning import training
    from mingbai.knowledge.learning.articles import Finder
    from mingbai.knowledge.learning.rows import read_rows
    from mingbai.knowledge.queries.learned import laws_today
    from mingbai.knowledge.rules.words import content_words

    laws, rows = laws_today(), read_rows(QUESTIONS, field="law")
    held = {ref for ref, _text in laws.articles}
    judged = [(row.text, right) for row, refs in laws.answered(rows) if (right := held & set(refs))]
    plain = training.figures(
        plain_ranking(laws.articles, [text for text, _right in judged]), [sorted(r) for _t, r in judged]
    )
    known = {word for ref, text in laws.articles for word in content_words(f"{ref} {text}")}
    found = training.measure(rows, laws, known=known)
    model = training.learn(rows, laws, on=_today())
    finder = Finder(laws.articles, synonyms=laws.synonyms, model=model)
    texts = [text for text, _right in judged[:200]]
    figures: dict[str, Any] = {
        "plain_bm25": plain,
        **found,
        "find_ms": _each(lambda t: finder.rank([t]), texts),
    }
    for name in ("without_model", "with_model"):
        figures[f"{name}_ratio"] = round(found[name]["found_at_10"] / plain["found_at_10"], 3)
    return figures


def alike() -> dict[str, Any]:
    """Is the other of a pair among the first three, of all questions and both sides of all pairs?"""
    from django.utils import timezone

    from mingbai.core.actor import SYSTEM
    from mingbai.knowledge.actions import rebuild_search
    from mingbai.knowledge.enums import AnswerState
    from mingbai.knowledge.models import Answer
    from mingbai.knowledge.queries import similar_questions

    pairs = [(row["a"], row["b"]) for row in lines_of(PAIRS)]
    texts = sorted({row["text"] for row in lines_of(QUESTIONS)} | {text for pair in pairs for text in pair})
    now = timezone.now()
    published = {
        "answer": "见条文。",
        "state": AnswerState.PUBLISHED,
        "proposed_at": now,
        "reviewed_at": now,
        "review_on": _today() + timedelta(days=300),
    }
    Answer.objects.bulk_create(Answer(question=text, **published) for text in texts)
    rebuild_search(by=SYSTEM)
    keys = {text: str(pk) for pk, text in Answer.objects.values_list("pk", "question")}
    asked = [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]
    # The question itself stands first: three others are looked at.
    found = [
        keys[other] in [hit.ref for hit in similar_questions(one, 4) if hit.ref != keys[one]][:3]
        for one, other in asked
    ]
    return {
        "texts": len(texts),
        "asked": len(asked),
        "within_3": round(sum(found) / len(found), 4),
        "ms": _each(lambda text: similar_questions(text, 4), [one for one, _other in asked[:150]]),
    }


def _each(run: Callable[[str], Any], texts: Sequence[str]) -> dict[str, float]:
    taken = []
    for text in texts:
        started = time.perf_counter()
        run(text)
        taken.append((time.perf_counter() - started) * 1_000)
    taken.sort()
    return {"p50": round(taken[len(taken) // 2], 2), "p95": round(taken[int(len(taken) * 0.95)], 2)}


def _today() -> Any:
    from django.utils import timezone

    return timezone.localdate()


def inside() -> dict[str, Any]:
    import django

    django.setup()
    figures: dict[str, Any] = {"articles": articles(), "alike": alike()}
    figures["memory_mb"] = round(getrusage(RUSAGE_SELF).ru_maxrss / 1024)
    reached = {
        "without_model": figures["articles"]["without_model_ratio"] / LIMITS["without_model"],
        "with_model": figures["articles"]["with_model_ratio"] / LIMITS["with_model"],
        "alike_within_3": figures["alike"]["within_3"] / LIMITS["alike_within_3"],
        "find_ms": LIMITS["find_ms"] / figures["articles"]["find_ms"]["p95"],
        "alike_ms": LIMITS["alike_ms"] / figures["alike"]["ms"]["p95"],
    }
    figures["reached"] = {name: value >= 1 for name, value in reached.items()}
    # The weakest against what is asked: from 1 on all of them are reached.
    figures["ratio"] = round(min(reached.values()), 3)
    return figures


if __name__ == "__main__":
    print(json.dumps(inside()))
