"""Region, Organisation, Station, Coverage and CalendarDay: where matters happen and who serves there."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from mingbai.places.enums import (
    ChangeKind,
    Charge,
    Level,
    Line,
    OrganisationKind,
    Tier,
    TransferState,
    Weekday,
)


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, user: object) -> RegionQuerySet:
        """Everybody: divisions are public facts."""
        return self.all()

    def below(self, region: Region) -> RegionQuerySet:
        """The region itself and everything under it."""
        return self.filter(Q(pk=region.pk) | Q(path__startswith=f"{region.path}."))

    def living(self, on: date) -> RegionQuerySet:
        return self.filter(_valid(on))


class StationQuerySet(models.QuerySet["Station"]):
    def visible_to(self, user: object) -> StationQuerySet:
        """Everybody: where help is to be found is published (institutions, contents, hours)."""
        return self.all()

    def below(self, region: Region) -> StationQuerySet:
        """The stations in the region and everything under it."""
        return self.filter(Q(region=region.pk) | Q(region__path__startswith=f"{region.path}."))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: object) -> OrganisationQuerySet:
        """Everybody: the institutions and their telephones are published."""
        return self.all()


class TenureQuerySet(models.QuerySet["Tenure"]):
    def current(self, on: date) -> TenureQuerySet:
        """Who runs or supervises on that day; valid_to is the last day."""
        return self.filter(_valid(on))


def _valid(on: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))


class Region(models.Model):
    """A node of the division tree. `path` = codes from the root joined by "." so that a subtree is a prefix.

    A region that was merged away hangs under its successor from that day on: its villages, its history and
    its figures then lie in the successor's subtree without being rewritten. `valid_to` is its last day.
    """

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=64)
    level = models.CharField("层级", max_length=16, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级", null=True, blank=True, related_name="children"
    )
    path = models.CharField("路径", max_length=160, unique=True)
    valid_from = models.DateField("生效日期", null=True, blank=True)
    valid_to = models.DateField("截止日期", null=True, blank=True)

    objects: ClassVar[RegionQuerySet] = RegionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="region_level"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="region_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegionChange(models.Model):
    """A dated change of the tree: renamed, moved, merged, split; old codes keep answering through it.

    Entered before its day it waits with `applied_at` empty, and the worker carries it out on the day.
    """

    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="changes")
    kind = models.CharField("变更", max_length=16, choices=ChangeKind)
    on = models.DateField("日期")
    into = models.ForeignKey(
        Region, models.PROTECT, verbose_name="并入/分出/划归", null=True, blank=True, related_name="absorbed"
    )
    old_name = models.CharField("原名称", max_length=64, blank=True)
    new_name = models.CharField("新名称", max_length=64, blank=True)
    source = models.CharField("依据", max_length=200)
    applied_at = models.DateTimeField("生效时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "区划变更"
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.region} {self.get_kind_display()} {self.on}"


class Organisation(models.Model):
    """Bureau, centre, firm, notary office, committee: who runs, supervises, or serves."""

    name = models.CharField("名称", max_length=100, unique=True)
    kind = models.CharField("类别", max_length=24, choices=OrganisationKind)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所属区划")
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    phone = models.CharField("公开电话", max_length=32, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects: ClassVar[OrganisationQuerySet] = OrganisationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """A place of service in one of four tiers. `code` is the region's code (a second one there: code-2)."""

    code = models.CharField("站点代码", max_length=16, primary_key=True)
    name = models.CharField("名称", max_length=100)
    tier = models.CharField("层级", max_length=20, choices=Tier)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在区划", related_name="stations")
    is_built = models.BooleanField("已建成", default=False)
    planned_on = models.DateField("计划建成日期", null=True, blank=True)
    closed_on = models.DateField("停办日期", null=True, blank=True)
    own_premises = models.BooleanField("独立场所", default=False)
    takes_matters = models.BooleanField("承办转来事项", default=False)
    substitute = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="空岗日代办站点",
        null=True,
        blank=True,
        related_name="substitutes_for",
    )
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("公开电话", max_length=32, blank=True)
    windows = models.PositiveSmallIntegerField("窗口数", default=0)
    hotline_seats = models.PositiveSmallIntegerField("热线席位", default=0)
    kiosks = models.PositiveSmallIntegerField("查询机", default=0)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    located_at = models.DateTimeField("坐标采集时间", null=True, blank=True)

    objects: ClassVar[StationQuerySet] = StationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "站点"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="station_tier"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="station_point_whole",
                violation_error_message="经度和纬度须同时填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StationLine(models.Model):
    """One line that a station offers."""

    station = models.ForeignKey(Station, models.CASCADE, verbose_name="站点", related_name="offers")
    line = models.CharField("业务", max_length=16, choices=Line)

    class Meta:
        verbose_name = verbose_name_plural = "站点业务"
        ordering = ["station", "line"]
        constraints = [models.UniqueConstraint(fields=["station", "line"], name="station_line_once")]

    def __str__(self) -> str:
        return f"{self.station_id} {self.get_line_display()}"


class LineStandard(models.Model):
    """A line that a tier must offer at least ("3+X", "2+X"), with its source; the X is free."""

    tier = models.CharField("层级", max_length=20, choices=Tier)
    line = models.CharField("业务", max_length=16, choices=Line)
    valid_from = models.DateField("自", null=True, blank=True)
    valid_to = models.DateField("至", null=True, blank=True)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "业务配置标准"
        ordering = ["tier", "line", "id"]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} {self.get_line_display()}"


class OpeningHours(models.Model):
    """Weekly opening hours; on holidays of the calendar a station is shut unless `on_days_off`."""

    station = models.ForeignKey(Station, models.CASCADE, verbose_name="站点", related_name="hours")
    weekday = models.CharField("星期", max_length=1, choices=Weekday)
    opens = models.TimeField("开门")
    closes = models.TimeField("关门")
    on_days_off = models.BooleanField("节假日也开放", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "开放时间"
        ordering = ["station", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="opening_hours_order",
                violation_error_message="关门时间须晚于开门时间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(models.Model):
    """Days on which a station is shut beside the calendar, with the reason people read."""

    station = models.ForeignKey(Station, models.CASCADE, verbose_name="站点", related_name="closures")
    starts_on = models.DateField("自")
    ends_on = models.DateField("至")
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "临时闭站"
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="closure_order",
                violation_error_message="闭站的结束日期不能早于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.starts_on}-{self.ends_on}"


class Tenure(models.Model):
    """Which organisation operates or supervises a station, and when: exactly one of each at a time."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="tenures")
    charge = models.CharField("职责", max_length=16, choices=Charge)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="机构", related_name="tenures"
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    objects: ClassVar[TenureQuerySet] = TenureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = verbose_name_plural = "站点责任单位"
        ordering = ["station", "charge", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "charge"],
                condition=Q(valid_to__isnull=True),
                name="tenure_one_current",
                violation_error_message="同一时间只能有一个责任单位。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="tenure_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.get_charge_display()} {self.organisation_id}"


class StationTransfer(models.Model):
    """The hand-over of a station from one organisation to another, with its list, accepted or declined."""

    station = models.ForeignKey(Station, models.PROTECT, verbose_name="站点", related_name="transfers")
    charge = models.CharField("职责", max_length=16, choices=Charge)
    giver = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="移交单位", related_name="stations_given"
    )
    taker = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="接收单位", related_name="stations_taken"
    )
    effective_on = models.DateField("移交日期")
    inventory = models.JSONField("移交清单")
    state = models.CharField("状态", max_length=16, choices=TransferState, default=TransferState.OFFERED)
    offered_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "站点移交"
        ordering = ["-offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "charge"],
                condition=Q(state=TransferState.OFFERED),
                name="station_transfer_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.DECLINED) | ~Q(reason=""),
                name="station_transfer_reason",
                violation_error_message="退回须说明理由。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.giver_id}→{self.taker_id}"


class Coverage(models.Model):
    """A service area that overrides the tree: matters of this region (subtree) go to that station.

    沈抚示范区 has no code of its own: its townships lie under 望花 but are served by another centre.
    """

    area = models.CharField("服务区名称", max_length=64)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="区划", related_name="coverages")
    station = models.ForeignKey(Station, models.PROTECT, verbose_name="由哪个站点服务", related_name="covers")
    line = models.CharField("仅限业务", max_length=16, choices=Line, blank=True)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务区"
        ordering = ["region", "valid_from"]

    def __str__(self) -> str:
        return f"{self.area}: {self.region_id}→{self.station_id}"


class Outline(models.Model):
    """A region's outline on a map, which only an office brings, with the map's approval number (审图号).

    Maps of the country are shown to the public only as approved (地图管理条例); the house ships none.
    """

    region = models.OneToOneField(
        Region, models.PROTECT, verbose_name="区划", related_name="outline", primary_key=True
    )
    shape = models.JSONField("轮廓")
    approval = models.CharField("审图号", max_length=64)
    source = models.CharField("来源", max_length=200)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "区划轮廓"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(approval=""),
                name="outline_approval",
                violation_error_message="地图轮廓须有审图号。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.approval}"


class CalendarDay(models.Model):
    """One day of the working-day calendar; `is_estimated` until the State Council's notice is loaded."""

    date = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("工作日")
    name = models.CharField("名称", max_length=32, blank=True)
    is_estimated = models.BooleanField("推算", default=False)
    source = models.CharField("来源", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.is_workday else '休息日'}"


class Revision(models.Model):
    """One row whose token changes with every change of a register that processes keep in memory."""

    id = models.PositiveSmallIntegerField("编号", primary_key=True, default=1)
    token = models.CharField("令牌", max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "登记册版本"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="revision_single")]

    def __str__(self) -> str:
        return self.token
