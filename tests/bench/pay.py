"""The sheet of 10,000 pieces with its XLSX, beside plain SQL to the cent; a decision as PDF."""

import json
import random
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from tests.bench.world import cpu_of

PIECES = 10_000
MONTH, DAY = 202603, date(2026, 3, 9)
REFERENCE = """
SELECT SUM(
  CASE WHEN p.is_public_post THEN 0 ELSE
    (CAST(ROUND(r.fee * 100) AS BIGINT) * p.share + 50) / 100 END + CAST(ROUND(r.direct * 100) AS BIGINT))
FROM subsidies_piece p JOIN subsidies_rate r ON r.id = p.rate_id WHERE p.sheet_id = %s
"""


def measure(world: Any) -> dict[str, Any]:
    """In a process that knows the house, on the city that was founded."""
    world.found()
    code = "from tests.bench import pay; print(pay.run())"
    return dict(json.loads(world.manage("shell", "-v0", "-c", code).splitlines()[-1]))


def run() -> str:
    from django.db import connection

    from mingbai.core.actor import SYSTEM
    from mingbai.places.models import Region
    from mingbai.subsidies.actions import make_sheet
    from mingbai.web.pay.book import sheet_book

    county = _pieces()
    region = Region.objects.get(pk=county)
    sheet_s, sheet = timed(lambda: make_sheet(by=SYSTEM, region=region, month=MONTH))
    used = time.process_time()
    book_s, book = timed(lambda: sheet_book(sheet))
    used = time.process_time() - used
    with connection.cursor() as cursor:
        sql_s, _none = timed(lambda: cursor.execute(REFERENCE, [sheet.pk]))
        cents = int(cursor.fetchone()[0])
    pdf_first_s, pdf_s, cpu_s = _pdf()
    return json.dumps(
        {
            "ratio": round((sheet_s + book_s) / 3, 2),
            "pieces": sheet.count,
            "sheet_s": round(sheet_s, 2),
            "xlsx_s": round(book_s, 2),
            "xlsx_cpu_s": round(used, 2),
            "xlsx_kb": len(book) // 1024,
            "sql_s": round(sql_s, 3),
            "equal_to_the_cent": cents == int(sheet.total * 100),
            "pdf_first_s": round(pdf_first_s, 2),
            "pdf_s": round(pdf_s, 2),
            "pdf_cpu_s": round(cpu_s, 2),
            **rotation(),
        }
    )


def rotation(people: int = 137, jobs: int = 1000) -> dict[str, Any]:
    """A thousand assignments among equals: how far apart the loads are at the end, and a turn's time.

    `spread_declined`: the same where one in five declines.
    """
    from tests.legalaid.test_rotation import assigned, one

    pool = [one(str(n)) for n in range(1, people + 1)]
    seconds, counts = timed(lambda: assigned(pool, jobs))
    declined = assigned(pool, jobs, random.Random(4))
    return {
        "rotation_people": people,
        "rotation_jobs": sum(counts.values()),
        "rotation_spread": max(counts.values()) - min(counts.values()),
        "rotation_spread_declined": max(declined.values()) - min(declined.values()),
        "rotation_turn_ms": round(seconds / jobs * 1000, 2),
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def _pieces() -> str:
    """Rows as the actions leave them; returns the county that pays."""
    from mingbai.people.models import Worker
    from mingbai.places.models import Region
    from mingbai.subsidies.models import Piece, Rate
    from mingbai.subsidies.queries import lines_of
    from mingbai.subsidies.rules import total

    chance = random.Random(7)
    county = Region.objects.filter(level="county").order_by("pk")[0]
    common: dict[str, Any] = {"region": county, "work": "aid_case"}
    rates = [
        Rate.objects.create(
            **common, stage=stage, fee=Decimal(f"{1200 + n}.{chance.randrange(100):02}"),
            direct=Decimal("33.35"), source="bench", valid_from=date(2026, 1, 1),
        )
        for n, stage in enumerate(("first", "second", "retrial"))
    ]  # fmt: skip
    workers = [
        Worker.objects.create(code=f"bench-{n}", name=f"律师{n}", post="lawyer", region=county)
        for n in range(200)
    ]
    pieces = []
    for n in range(PIECES):
        piece = Piece(
            **common, worker=chance.choice(workers), rate=chance.choice(rates), event=f"bench:{n}",
            frozen_on=DAY, done_on=DAY, state="earned", share=chance.randrange(1, 101),
            is_public_post=chance.random() < 0.1,
        )  # fmt: skip
        piece.amount = total(lines_of(piece))
        pieces.append(piece)
    Piece.objects.bulk_create(pieces, batch_size=1000)
    return str(county.pk)


def _pdf() -> tuple[float, float, float]:
    """Seconds of the first PDF of a decision, with its process; of a later one; its processor time."""
    from mingbai.papers.kinds import PAPER_KINDS
    from mingbai.papers.queries import sample_of
    from mingbai.papers.renderer import RENDERER

    kind = PAPER_KINDS.get("aid_refusal")
    first, _pdf = timed(lambda: sample_of(kind, kind.body, "pdf"))
    child = RENDERER._child.pid if RENDERER._child else 0
    before = cpu_of(child)
    times = sorted(timed(lambda: sample_of(kind, kind.body, "pdf"))[0] for _ in range(9))
    used = (cpu_of(child) - before) / 9
    RENDERER.stop()
    return first, times[4], used
