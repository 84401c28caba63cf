"""How unequal coverage is between places: in plain words, with the figure behind them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

FIFTH = 5


@dataclass(frozen=True, slots=True)
class Covered:
    """Of the `need` at one place so much is `covered` (never more than the need)."""

    place: str
    need: int
    covered: int

    @property
    def share(self) -> float:
        return self.covered / self.need


@dataclass(frozen=True, slots=True)
class Inequality:
    """`best` and `worst`: mean coverage of the best and worst served fifth of places; `gini` of coverage
    between places (0 equal … 1 all in one). `without`: how many places nobody comes to."""

    places: int
    best: float
    worst: float
    gini: float
    without: int

    @property
    def words(self) -> str:
        """One sentence for people, with the figure in it."""
        if not self.places:
            return _("现在没有地方在等服务日。")
        said = {
            "best": round(100 * self.best),
            "worst": round(100 * self.worst),
            "gini": f"{self.gini:.2f}",
            "without": self.without,
            "places": self.places,
        }
        if self.places < FIFTH:
            return (
                _(
                    "最好的地方能办到需求的 %(best)d%%，最差的只有 %(worst)d%%（基尼系数 %(gini)s）；"
                    "%(places)d 处里有 %(without)d 处一件也办不到。"
                )
                % said
            )
        return (
            _(
                "最好的五分之一地方平均能办到需求的 %(best)d%%，最差的五分之一只有 %(worst)d%%"
                "（基尼系数 %(gini)s）；%(places)d 处里有 %(without)d 处一件也办不到。"
            )
            % said
        )


def inequality(rows: Iterable[Covered]) -> Inequality:
    """Of the places with needs; a place counts once, however many wait there: each is owed the same."""
    shares = sorted(row.share for row in rows if row.need > 0)
    if not shares:
        return Inequality(0, 0.0, 0.0, 0.0, 0)
    part = max(1, len(shares) // FIFTH)
    return Inequality(
        places=len(shares),
        best=sum(shares[-part:]) / part,
        worst=sum(shares[:part]) / part,
        gini=gini(shares),
        without=sum(share == 0 for share in shares),
    )


def gini(ordered: list[float]) -> float:
    """Of values in rising order, none negative: half the mean distance of two, by their mean."""
    total, n = sum(ordered), len(ordered)
    if total <= 0:
        return 0.0
    weighted = sum((2 * rank - n - 1) * value for rank, value in enumerate(ordered, start=1))
    return max(0.0, weighted / (n * total))
