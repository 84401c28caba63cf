"""What a database holds, in figures to compare: rows per table, the journal's root, its migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from mingbai.core.crypto import sm3

Rows = Callable[[str], Iterable[tuple[Any, ...]]]
"""Runs one SELECT and streams its rows, all on one snapshot."""

_HEADS = "SELECT name, seq, hash FROM journal_chain"
_LAST_SEAL = "SELECT root FROM journal_seal ORDER BY id DESC LIMIT 1"
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY app, name"


@dataclass(frozen=True, slots=True)
class Facts:
    """`journal` is one digest over the heads of all chains; `seal` the root of the last seal."""

    counts: dict[str, int]
    journal: str
    seal: str
    migrations: list[str]

    def told(self) -> dict[str, Any]:
        return asdict(self)

    def differences(self, other: dict[str, Any]) -> list[str]:
        """What differs from the facts a backup wrote down of itself, in words."""
        counts = other.get("counts", {})
        names = sorted(self.counts.keys() | counts.keys())
        found = [
            f"{name}：应有 {counts.get(name)} 行，实有 {self.counts.get(name)} 行"
            for name in names
            if counts.get(name) != self.counts.get(name)
        ]
        found += ["日志的根不符"] * (self.journal != other.get("journal"))
        found += ["封存的根不符"] * (self.seal != other.get("seal"))
        return found


def facts_of(tables: Iterable[str], rows: Rows) -> Facts:
    counts = {
        table: count for table in sorted(tables) for (count,) in rows(f'SELECT count(*) FROM "{table}"')
    }
    return Facts(
        counts=counts,
        journal=_journal_root(rows(_HEADS)),
        seal="".join(root for (root,) in rows(_LAST_SEAL)),
        migrations=[f"{app}.{name}" for app, name in rows(_MIGRATIONS)],
    )


def _journal_root(heads: Iterable[tuple[Any, ...]]) -> str:
    """A sum of digests: no order is asked for, which two databases sort differently."""
    total = 0
    for name, seq, digest in heads:
        total += int(sm3(f"{name}|{seq}|{digest}".encode()), 16)
    return f"{total % 2**256:064x}"
