"""The office's numbers for service days as of one day and place, and those a new city starts with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingbai.servicedays.enums import RuleCode, Skill

_BEGINS = date(2020, 1, 1)
_OURS = "软件初始值，尚无文件依据；请市司法局核定后登记文号"

LEAST: dict[str, RuleCode] = {
    Skill.LAWYER: RuleCode.LEAST_LAWYERS,
    Skill.MEDIATOR: RuleCode.LEAST_MEDIATORS,
    Skill.AID_CLERK: RuleCode.LEAST_AID_CLERKS,
    Skill.NOTARY: RuleCode.LEAST_NOTARIES,
}


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """One number of the office; `region` "" holds everywhere."""

    code: str
    amount: int
    source: str = _OURS
    region: str = ""
    valid_from: date = _BEGINS

    def row(self) -> dict[str, Any]:
        """The columns of its row; a seed holds everywhere."""
        return {
            "code": self.code,
            "amount": self.amount,
            "source": self.source,
            "valid_from": self.valid_from,
        }


SEED: tuple[RuleTerms, ...] = (
    RuleTerms(RuleCode.NOTICE_DAYS, 7, "抚顺市司法局提案答复：服务日预约逐级汇总后派出；提前一周告知到村"),
    RuleTerms(RuleCode.DAYS_A_YEAR, 4),
    RuleTerms(RuleCode.MOST_DAYS, 2),
    RuleTerms(RuleCode.GAP_DAYS, 5),
    RuleTerms(RuleCode.MOST_KM, 120),
    RuleTerms(RuleCode.CAPACITY, 6),
    RuleTerms(RuleCode.PERSON_DAYS, 4),
    RuleTerms(RuleCode.LEAST_LAWYERS, 1),
    RuleTerms(RuleCode.LEAST_MEDIATORS, 1),
    RuleTerms(RuleCode.LEAST_AID_CLERKS, 0),
    RuleTerms(RuleCode.LEAST_NOTARIES, 0),
    RuleTerms(RuleCode.UNANSWERED_DAYS, 5),
)
"""What `migrate` writes; from then on the rows are the rule. Where no source is known, the row says so."""


@dataclass(frozen=True)
class Terms:
    """The numbers that hold on a day at a place. A code without a row is as the seed says."""

    amounts: Mapping[str, int]

    def __getitem__(self, code: str) -> int:
        return self.amounts[code]

    @property
    def least_team(self) -> dict[str, int]:
        """Skill → at least so many on every service day."""
        return {skill: self.amounts[code] for skill, code in LEAST.items() if self.amounts[code]}


def terms_at(path: Iterable[str], rows: Iterable[RuleTerms]) -> Terms:
    """The numbers at a place: `path` is its code and those above it, nearest first; `rows` hold that day."""
    order = {code: place for place, code in enumerate((*path, ""))}
    amounts = {str(seed.code): seed.amount for seed in SEED}
    best: dict[str, int] = {}
    for row in rows:
        rank = order.get(row.region)
        if rank is not None and rank <= best.get(row.code, len(order)):
            best[row.code], amounts[str(row.code)] = rank, row.amount
    return Terms(amounts)
