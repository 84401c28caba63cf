"""Many cases in a database at once, by raw SQL from one real case: actions would take hours."""

import random
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bench.rows import Database, Rows

BATCH = 5_000
OPEN_SHARE = 0.02
"""Of a city's million cases some two in a hundred are open."""


def fill(
    database: Database, sample: Rows, count: int, stations: list[tuple[str, str, str]], first: int = 0
) -> None:
    """`stations` are (code, city, county); `sample` is what one intake wrote; numbers begin at `first`."""
    link, rng = database.connect(), random.Random(first)
    templates = dict(sample)
    for start in range(first, first + count, BATCH):
        link.execute(database.begin)
        for number in range(start, min(start + BATCH, first + count)):
            _one(link, database, templates, number, rng, stations)
        link.execute("COMMIT")
    link.execute("ANALYZE")
    link.close()


def _one(
    link: Any,
    database: Database,
    templates: dict[str, dict[str, Any]],
    number: int,
    rng: random.Random,
    stations: list[tuple[str, str, str]],
) -> None:
    station, city, county = rng.choice(stations)
    opened = datetime.now(UTC) - timedelta(minutes=rng.randrange(5 * 365 * 24 * 60))
    is_open = rng.random() < OPEN_SHARE
    due = opened + timedelta(days=3) if is_open else None
    person = _insert(
        link, database, "cases_resident", templates["cases_resident"], phone_hash=secrets.token_hex(16)
    )
    code = f"19{number:010d}9"
    case = _insert(
        link,
        database,
        "cases_case",
        templates["cases_case"],
        number=code,
        partner_number="",
        imported_from="bench",
        state="received" if is_open else "closed",
        waiting_on="station" if is_open else "nobody",
        closed_at=None if is_open else _time(database, opened + timedelta(days=2)),
        opened_at=_time(database, opened),
        month=opened.year * 100 + opened.month,
        due_at=_time(database, due),
        station_id=station,
        city=city,
        county=county,
        speaker_id=person,
        party_id=person,
    )
    if is_open:
        clock = {"due_at": _time(database, due), "started_at": _time(database, opened)}
        _insert(link, database, "cases_clock", templates["cases_clock"], case_id=case, **clock)
    _insert(link, database, "journal_entry", templates["journal_entry"], chain=f"case:{code}", place=station)


def _time(database: Database, at: datetime | None) -> Any:
    """SQLite holds times as Django writes them there: text without an offset, in UTC."""
    return at if database.url or at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def _insert(link: Any, database: Database, table: str, row: dict[str, Any], **new: Any) -> int:
    values = {**{name: value for name, value in row.items() if name != "id"}, **new}
    marks = ", ".join([database.mark] * len(values))
    names = ", ".join(f'"{name}"' for name in values)
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id"
    cursor = link.execute(sql, tuple(values.values()))
    return int(cursor.fetchone()[0])
