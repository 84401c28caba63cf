"""Millions of matters, clocks, calls, ratings and journal entries, made by the database itself from a number.

Nothing is drawn at random: the n-th matter is the same on both databases, and so are their figures.
"""

from dataclasses import dataclass
from typing import Any

from tests.bench.rows import Database

FIRST_DAY, DAYS = "2022-01-01", 5 * 365
CASES, ENTRIES = 2_000_000, 5_000_000
BATCH = 250_000
LATE = "n % 300 > 285"
"""Of which matters a clock ran out."""


@dataclass(frozen=True)
class Words:
    """What the two databases say differently."""

    postgres: bool

    def series(self, first: int, last: int) -> str:
        if self.postgres:
            return f"generate_series({first}, {last}) AS s(n)"
        counting = f"SELECT {first} AS n UNION ALL SELECT n + 1 FROM c WHERE n < {last}"
        return f"(WITH RECURSIVE c(n) AS ({counting}) SELECT n FROM c) AS s"

    def at(self, seconds: str) -> str:
        if self.postgres:
            return f"timestamptz '{FIRST_DAY} 00:00:00+00' + ({seconds}) * interval '1 second'"
        return f"datetime('{FIRST_DAY}', '+' || ({seconds}) || ' seconds')"

    def month(self, seconds: str) -> str:
        if self.postgres:
            return f"to_char(({self.at(seconds)}) AT TIME ZONE 'Asia/Shanghai', 'YYYYMM')::int"
        return f"CAST(strftime('%Y%m', {self.at(seconds)}, '+8 hours') AS INTEGER)"

    def day(self, seconds: str) -> str:
        if self.postgres:
            return f"(({self.at(seconds)}) AT TIME ZONE 'Asia/Shanghai')::date"
        return f"date({self.at(seconds)}, '+8 hours')"

    @property
    def blob(self) -> str:
        return "decode(md5(n::text), 'hex')" if self.postgres else "randomblob(16)"

    @property
    def empty(self) -> str:
        return "''::bytea" if self.postgres else "x''"

    @property
    def yes(self) -> str:
        return "true" if self.postgres else "1"

    @property
    def no(self) -> str:
        return "false" if self.postgres else "0"

    def text(self, number: str) -> str:
        return f"lpad(({number})::text, 10, '0')" if self.postgres else f"printf('%010d', {number})"


def fill(database: Database, cases: int = CASES, entries: int = ENTRIES) -> None:
    """Into a founded, else empty city. Some 3 KB a matter on disk."""
    link, words = database.connect(), Words(bool(database.url))
    if not database.url:
        link.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
    places = _places(link, words)
    for first in range(0, cases, BATCH):
        last = min(first + BATCH, cases) - 1
        link.execute(database.begin)
        for table, columns in _tables(words, places, cases, entries).items():
            _insert(link, words, table, columns, first, last)
        link.execute("COMMIT")
    _close(link, words)
    if not database.url:
        link.execute("PRAGMA analysis_limit=1000")  # as the house does it by itself (upkeep)
    # PostgreSQL's autovacuum would have swept, and an index alone answers only of pages that were.
    link.execute("VACUUM ANALYZE" if database.url else "ANALYZE")
    link.close()


def _places(link: Any, words: Words) -> int:
    """A numbered list of stations, as a table: a matter lies at one of them."""
    link.execute("DROP TABLE IF EXISTS bench_place")
    link.execute(
        "CREATE TABLE bench_place AS SELECT row_number() OVER (ORDER BY s.code) - 1 AS i, s.code AS station,"
        " s.region_id AS region, substr(s.region_id, 1, 4) || '00000000' AS city,"
        " CASE WHEN substr(s.region_id, 5, 2) = '00' THEN '' ELSE substr(s.region_id, 1, 6) || '000000' END"
        " AS county FROM places_station s"
    )
    return int(link.execute("SELECT count(*) FROM bench_place").fetchone()[0])


Columns = tuple[dict[str, str], str]
"""Column → expression of n; and the condition that n fulfils."""


def _tables(words: Words, places: int, cases: int, entries: int) -> dict[str, Columns]:
    second = f"(n * {DAYS * 86400 // cases} + (n % 37))"
    ended = f"({second} + 3600 * (5 + n % 300))"
    due = f"({second} + 3600 * 290)"
    return {
        "cases_case": (_case(words, second, ended), ""),
        "cases_clock": (_clock(words, second, ended, due), ""),
        "hotline_call": (_call(words, second), "WHERE n % 5 < 2"),
        "cases_rating": (_rating(words, ended), "WHERE n % 4 = 1 AND n % 50 <> 0"),
        **_journal(words, second, cases, entries),
    }


def _case(words: Words, second: str, ended: str) -> dict[str, str]:
    no, empty, is_open = words.no, words.empty, "n % 50 = 0"
    channel = "CASE n % 5 WHEN 2 THEN 'window' WHEN 3 THEN 'web' WHEN 4 THEN 'wechat' ELSE 'hotline' END"
    topics = ("labour", "marriage", "debt", "traffic", "housing", "support", "contract", "land")
    topic = " ".join(f"WHEN {at} THEN '{code}'" for at, code in enumerate(topics))
    return {
        "id": "n + 1", "number": f"'19' || {words.text('n')} || '9'",
        "kind": "CASE n % 9 WHEN 0 THEN 'legal_aid' WHEN 1 THEN 'mediation' ELSE 'consultation' END",
        "state": f"CASE WHEN {is_open} THEN 'received' ELSE 'closed' END", "stage": "''",
        "topic": f"CASE n % 11 {topic} ELSE '' END",
        "channel": channel, "partner_number": "''", "imported_from": "'bench'", "place": "'known'",
        "region_id": "region", "city": "city", "county": "county", "station_id": "station",
        "waiting_on": f"CASE WHEN {is_open} THEN 'station' ELSE 'nobody' END",
        "due_at": f"CASE WHEN {is_open} THEN {words.at(second)} END",
        "is_urgent": no, "is_wage": no, "at_risk": no, "is_confidential": no, "is_extended": no,
        "ran_out": f"CASE WHEN {LATE} THEN {words.yes} ELSE {no} END",
        "is_instant": f"CASE WHEN n % 3 = 0 THEN {words.yes} ELSE {no} END",
        "key": words.blob, "text_sealed": words.blob, "summary_sealed": empty, "place_text_sealed": empty,
        "follow_code_sealed": empty, "may_be_told": "'speaker'", "tell_by": "'phone'", "told_how": "''",
        "opened_at": words.at(second), "month": words.month(second),
        "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE {words.at(ended)} END",
        "declines": "0", "needs_designation": no,
    }  # fmt: skip


def _clock(words: Words, second: str, ended: str, due: str) -> dict[str, str]:
    return {
        "case_id": "n + 1", "rule_id": "(SELECT min(id) FROM cases_deadlinerule WHERE code = 'take_up')",
        "subject": "''", "started_at": words.at(second), "due_at": words.at(due), "soon_at": words.at(due),
        "pauses": "'[]'", "is_paused": words.no, "extra": "0", "is_estimated": words.no,
        "raised_at": f"CASE WHEN {LATE} THEN {words.at(due)} END",
        "done_at": f"CASE WHEN n % 50 = 0 THEN NULL ELSE {words.at(ended)} END",
        "\"end\"": f"CASE WHEN n % 50 = 0 THEN '' WHEN {LATE} THEN 'late' ELSE 'met' END",
    }  # fmt: skip


def _call(words: Words, second: str) -> dict[str, str]:
    empty = words.empty
    blank = ("seat", "no_matter", "channel", "dialled", "ended_by", "phone_hash", "recording",
             "recording_digest", "recording_path", "order_number")  # fmt: skip
    return {
        "station_id": "station", "region_id": "region", "\"on\"": words.day(second), "source": "'ledger'",
        "is_out": words.no,
        "offered_at": words.at(second), "ended_at": words.at(f"{second} + 200"),
        "answered_at": f"CASE WHEN n % 7 = 0 THEN NULL ELSE {words.at(f'{second} + n % 40')} END",
        "case_id": "CASE WHEN n % 7 = 0 THEN NULL ELSE n + 1 END", "held_seconds": "0", "key": words.blob,
        "phone_sealed": empty, "recording_key": empty, **dict.fromkeys(blank, "''"),
    }  # fmt: skip


def _rating(words: Words, ended: str) -> dict[str, str]:
    return {
        "case_id": "n + 1", "grade": "1 + n % 5", "text_sealed": words.empty, "channel": "'web'",
        "called_back_at": f"CASE WHEN n % 5 < 2 AND n % 400 <> 1 THEN {words.at(f'{ended} + 90000')} END",
        "at": words.at(f"{ended} + 600"), "appeal": "''", "appeal_reason": "''", "appeal_answer": "''",
        "heard_from": "''",
    }  # fmt: skip


def _journal(words: Words, second: str, cases: int, entries: int) -> dict[str, Columns]:
    """The first entries of every chain for all, the last for so many as make up the number."""
    whole, rest = divmod(entries, cases)
    found: dict[str, Columns] = {}
    for seq in range(1, whole + 2):
        condition = "" if seq <= whole else f"WHERE n < {rest}"
        found[f"journal_entry /*{seq}*/"] = (_entry(words, second, seq), condition)
    return found


def _entry(words: Words, second: str, seq: int) -> dict[str, str]:
    return {
        "chain": f"'case:19' || {words.text('n')} || '9'", "seq": str(seq),
        "at": words.at(f"{second} + {seq * 3600}"), "actor": "'bench'", "actor_name": "'测量'",
        "verb": f"'case.step{seq}'", "place": "station", "data": "'{}'", "sealed": words.empty,
        "prev": words.text("n"), "hash": words.text("n"),
    }  # fmt: skip


def _insert(link: Any, words: Words, table: str, columns: Columns, first: int, last: int) -> None:
    values, condition = columns
    names, made = ", ".join(values), ", ".join(values.values())
    numbers = f"(SELECT n FROM {words.series(first, last)} {condition}) AS numbered"
    count = "(SELECT count(*) FROM bench_place)"
    link.execute(
        f"INSERT INTO {table} ({names}) SELECT {made} FROM {numbers}"
        f" JOIN bench_place ON i = (n * 7) % {count} ORDER BY n"
    )


def _close(link: Any, words: Words) -> None:
    """PostgreSQL counts ids by itself: it is told where they end."""
    link.execute("DROP TABLE bench_place")
    if words.postgres:
        link.execute("SELECT setval(pg_get_serial_sequence('cases_case', 'id'), max(id)) FROM cases_case")
