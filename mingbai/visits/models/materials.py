"""Handout and Supply: guides and posters given out per station and day, and what came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from mingbai.core.literal import KeyField
from mingbai.places.models import Station
from mingbai.visits.enums import Material

if TYPE_CHECKING:
    from mingbai.people.models import User

MOST_SHEETS = 100_000


class OfStationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> OfStationQuerySet:
        """Those of the stations in the user's reach."""
        from mingbai.visits.perms import stations_seen

        return self.filter(station_id__in=stations_seen(user))


class Handout(models.Model):
    """So many of one material went out at a station on a day; the figures `guides` and `posters` sum them."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="handouts")
    on = models.DateField("日期")
    material = models.CharField("种类", max_length=16, choices=Material)
    count = models.PositiveIntegerField("数量")
    client_key = KeyField("客户端编号", max_length=64, blank=True)
    imported_from = models.CharField("导入自", max_length=64, blank=True)
    written_by = models.CharField("登记人", max_length=64)
    written_at = models.DateTimeField("登记时间")

    objects: ClassVar[OfStationQuerySet] = OfStationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "宣传材料发放"
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(material__in=Material.values), name="handout_material"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=MOST_SHEETS), name="handout_count"),
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(client_key=""), name="handout_client_key"
            ),
        ]
        indexes = [models.Index(fields=["on", "station", "material"], name="handout_figures")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.on} {self.get_material_display()} {self.count}"


class Supply(models.Model):
    """So many of one material came in (or, with a negative count, a stock-taking found fewer)."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="supplies")
    on = models.DateField("日期")
    material = models.CharField("种类", max_length=16, choices=Material)
    count = models.IntegerField("数量")
    note = models.CharField("说明", max_length=200, blank=True)
    written_by = models.CharField("登记人", max_length=64)
    written_at = models.DateTimeField("登记时间")

    objects: ClassVar[OfStationQuerySet] = OfStationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "宣传材料入库"
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(material__in=Material.values), name="supply_material"),
            models.CheckConstraint(
                condition=~Q(count=0) & Q(count__gte=-MOST_SHEETS, count__lte=MOST_SHEETS),
                name="supply_count",
            ),
        ]
        indexes = [models.Index(fields=["station", "material"], name="supply_stock")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.on} {self.get_material_display()} {self.count:+d}"
