"""What tables of dated rules share: which rows hold on a day, and what the database refuses of a row.

Their rows are written by `places.actions.begin_rule` and `end_rule` alone.
"""

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

_Row = TypeVar("_Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[_Row]):
    """Rows with `valid_from` and `valid_to` (the last day, or none)."""

    def valid_on(self, day: date) -> Self:
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


def dated_constraints(name: str) -> list[models.BaseConstraint]:
    """A source, and an end that is not before the beginning."""
    return [
        models.CheckConstraint(condition=~Q(source=""), name=f"{name}_source"),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")), name=f"{name}_order"
        ),
    ]


class Dated(models.Model):
    """A rule of the office: since when it holds, until when (the last day, or none), and where it stands."""

    source = models.CharField("依据", max_length=300)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects: ClassVar[DatedQuerySet[Self]] = DatedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True
