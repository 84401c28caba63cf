"""The sum of many pieces against plain SQL in whole cents, on both databases."""

import random
from datetime import date
from decimal import Decimal as D

from django.db import connection

from mingbai.core.actor import SYSTEM
from mingbai.subsidies import actions
from tests.cases.factories import NORTH
from tests.subsidies.factories import make_earned, make_rate

REFERENCE = """
SELECT SUM(
  CASE WHEN p.is_public_post THEN 0 ELSE
    CAST((CAST(ROUND(r.fee * 100) AS BIGINT) * p.share * CASE p.grade
      WHEN 'excellent' THEN r.excellent WHEN 'good' THEN r.good WHEN 'failed' THEN r.failed ELSE 100 END
      + 5000) / 10000 AS BIGINT)
    + CAST((CAST(ROUND(r.per_extra * 100) AS BIGINT) * p.share
      * CASE WHEN p.extra < r.most_extra THEN p.extra ELSE r.most_extra END + 50) / 100 AS BIGINT)
  END + CAST(ROUND(r.direct * 100) AS BIGINT))
FROM subsidies_piece p JOIN subsidies_rate r ON r.id = p.rate_id WHERE p.sheet_id = %s
"""


def test_a_sheet_is_equal_to_the_cent_with_plain_sql(city):
    chance = random.Random(7)
    for number, stage in enumerate(("", "first", "second")):
        odd = D(f"{1234 + number}.{chance.randrange(100):02}")
        make_rate(
            city, stage=stage, fee=odd, direct=D("33.35"), per_extra=D("17.77"), most_extra=4,
            excellent=117, good=103, failed=31,
        )  # fmt: skip
    for n in range(200):
        make_earned(
            city.owner, f"aid:{n}", on=date(2026, 3, chance.randrange(1, 29)),
            stage=chance.choice(("", "first", "second", "retrial")), is_public_post=chance.random() < 0.2,
            extra=chance.randrange(7), share=chance.randrange(1, 101),
            grade=chance.choice(("", "excellent", "good", "passed", "failed")),
        )  # fmt: skip
    sheet = actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
    with connection.cursor() as cursor:
        cursor.execute(REFERENCE, [sheet.pk])
        assert int(sheet.total * 100) == int(cursor.fetchone()[0])
