"""The standard of stations: what is asked for how many points, how one did in a year, model stations."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.core.crypto import new_key
from mingbai.oversight.enums import Measure, ReviewState
from mingbai.oversight.rules.scoring import holding
from mingbai.places.dated import Dated, dated_constraints
from mingbai.places.enums import Tier
from mingbai.places.models import Region, Station

if TYPE_CHECKING:
    from mingbai.people.models import User


class Standard(Dated):
    """What is asked of the stations of one tier, from when to when, with its source."""

    TABLE = "standard"

    tier = models.CharField("层级", max_length=20, choices=Tier)
    name = models.CharField("名称", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "站点标准"
        ordering = ["tier", "valid_from"]
        constraints = [
            *dated_constraints("standard"),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """One line of a standard. `full` is the measure that earns all points, `least` that which earns none."""

    standard = models.ForeignKey(Standard, models.CASCADE, verbose_name="标准", related_name="criteria")
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("内容", max_length=64)
    text = models.CharField("要求", max_length=300)
    points = models.DecimalField("分值", max_digits=4, decimal_places=1)
    measure = models.CharField("数据", max_length=16, choices=Measure, blank=True)
    least = models.DecimalField("零分线", max_digits=8, decimal_places=1, default=0)
    full = models.DecimalField("满分线", max_digits=8, decimal_places=1, default=1)

    class Meta:
        verbose_name = verbose_name_plural = "考评项目"
        ordering = ["standard", "number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="criterion_number"),
            models.CheckConstraint(condition=Q(points__gt=0, points__lte=100), name="criterion_points"),
            models.CheckConstraint(
                condition=Q(measure="") | Q(least__lt=F("full")),
                name="criterion_line",
                violation_error_message="满分线须高于零分线。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> ReviewQuerySet:
        """One's own station's, and those in one's reach."""
        from mingbai.oversight.perms import reviews_filter

        return self.filter(reviews_filter(user))


class Review(models.Model):
    """How one station did in one year: self-assessment → county → city; an appeal goes back to the city."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="reviews")
    county = models.CharField("县区", max_length=12)
    year = models.PositiveSmallIntegerField("年度")
    standard = models.ForeignKey(Standard, models.PROTECT, verbose_name="标准", related_name="reviews")
    state = models.CharField("状态", max_length=12, choices=ReviewState, default=ReviewState.SELF)
    total = models.DecimalField("总分", max_digits=5, decimal_places=1, null=True, blank=True)
    appeal = models.CharField("申诉", max_length=1000, blank=True)
    appeal_answer = models.CharField("申诉答复", max_length=1000, blank=True)
    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("评定时间", null=True, blank=True)

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "站点考评"
        ordering = ["-year", "-total", "station"]
        constraints = [
            models.UniqueConstraint(fields=["station", "year"], name="review_once_a_year"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.FINAL) | Q(total__isnull=False), name="review_total"
            ),
        ]
        indexes = [models.Index(fields=["year", "county", "total"], name="review_ranking")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.year}"

    @property
    def chain(self) -> str:
        return f"review:{self.pk}"


class Mark(models.Model):
    """The points of one criterion: what the data earns, what the station, the county and the city give.

    The last who gave points holds; `measured` is the value that the data had when the review began.
    """

    review = models.ForeignKey(Review, models.CASCADE, verbose_name="考评", related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name="项目", related_name="marks")
    measured = models.DecimalField("数据", max_digits=10, decimal_places=1, null=True, blank=True)
    by_data = models.DecimalField("数据得分", max_digits=4, decimal_places=1, null=True, blank=True)
    by_self = models.DecimalField("自评", max_digits=4, decimal_places=1, null=True, blank=True)
    by_county = models.DecimalField("县区复核", max_digits=4, decimal_places=1, null=True, blank=True)
    by_city = models.DecimalField("市级评定", max_digits=4, decimal_places=1, null=True, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考评得分"
        ordering = ["review", "criterion__number"]
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="mark_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.criterion_id}"

    @property
    def points(self) -> Decimal | None:
        """Those that hold: of the last who gave some, None where nobody has."""
        return holding(self.by_city, self.by_county, self.by_self, self.by_data)


class Evidence(models.Model):
    """A photograph for one line of a review: in the file store, closed under a key of its own.

    Neither the sender's name of the file nor anything of a resident is kept beside it.
    """

    mark = models.ForeignKey(Mark, models.PROTECT, verbose_name="项目", related_name="evidence")
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小")
    digest = models.CharField("摘要", max_length=64)
    path = models.CharField("存放位置", max_length=64, unique=True)
    key = models.BinaryField("密钥", default=new_key)
    added_by = models.CharField("提交人", max_length=64)
    added_at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = verbose_name_plural = "考评照片"
        ordering = ["mark", "added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["mark", "digest"], name="evidence_once")]

    def __str__(self) -> str:
        return f"{self.mark_id} {self.content_type}"


class ModelStation(models.Model):
    """The model station of a county and year (一县区一标杆), named by a person from the best scored."""

    county = models.ForeignKey(Region, models.PROTECT, verbose_name="县区", related_name="model_stations")
    year = models.PositiveSmallIntegerField("年度")
    review = models.OneToOneField(Review, models.PROTECT, verbose_name="考评", related_name="model")
    reason = models.CharField("理由", max_length=500)
    named_by = models.CharField("命名人", max_length=64)
    named_at = models.DateTimeField("命名时间")

    class Meta:
        verbose_name = verbose_name_plural = "标杆站点"
        ordering = ["-year", "county"]
        constraints = [models.UniqueConstraint(fields=["county", "year"], name="model_station_one")]

    def __str__(self) -> str:
        return f"{self.year} {self.county_id}"
