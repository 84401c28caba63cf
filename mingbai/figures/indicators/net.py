"""The net: work orders and instant consultations of net, WeChat and other hotlines."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Channel, HandoverState, State
from mingbai.cases.models import Case, Handover
from mingbai.figures.dimensions import of_matter, of_station
from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.registry import Indicator, Ratio, Row, Sum, add, is_part
from mingbai.figures.rules import Period
from mingbai.places.queries import below, register

NET = (Channel.WEB, Channel.WECHAT, Channel.PARTNER)
WORK_ORDER = Q(channel__in=NET, is_instant=False)


_WAY = ("month", "channel", "is_instant", "state")
BY_MONTH = {
    Dimension.REGION: ("month",),
    Dimension.CHANNEL: ("month",),
    Dimension.KIND: _WAY,
    Dimension.TOPIC: (*_WAY, "kind"),
    Dimension.STATION: ("month", "region_id"),
    Dimension.PERSON: ("month", "region_id", "station_id"),
}
"""As `case_month_place` and `case_month_way` have them."""


def cases(period: Period) -> QuerySet[Case]:
    """Matters received in the period, through the indexes of months; exact days where it begins in between.

    The months are listed, not spanned: an index then leads on to place or channel and state within each.
    """
    found = Case.objects.filter(month__in=period.each_month)
    if not period.is_whole_months:
        since, until = period.moments
        found = found.filter(opened_at__gte=since, opened_at__lt=until)
    return found.filter(within(period.region)).order_by("opened_at", "id")


def within(region: str, path: str = "") -> Q:
    """By where the matter is from, not by who handles it; "" and the city itself are the whole. `path` leads
    from the row to its matter ("case__").
    """
    return below(region, f"{path}region_id") if is_part(region) else Q()


def in_places(period: Period) -> Q:
    """Of what ended: region by region, each from the first to the last day (`case_place_ended`)."""
    return Q(region_id__in=sorted(register().subtree(period.region)))


def case_row(row: Case) -> Row:
    place = row.region.name if row.region else ""
    return Row(at=row.opened_at, place=place, what=f"{row.get_channel_display()}", case=row.number)


def offers(period: Period) -> QuerySet[Handover]:
    """Offers of work orders to another station that were made in the period, those taken back left out."""
    since, until = period.moments
    found = Handover.objects.filter(offered_at__gte=since, offered_at__lt=until)
    found = found.exclude(state=HandoverState.TAKEN_BACK)
    orders = Q(case__channel__in=NET, case__is_instant=False)
    return found.filter(orders, within(period.region, "case__")).order_by("offered_at", "id")


def _offer(row: Handover) -> Row:
    return Row(
        at=row.offered_at, place=row.taker.name, what=str(row.get_state_display()), case=row.case.number
    )


def _of_cases(
    code: str, name: Any, unit: Unit, counts: Counts, definition: Any, only: Q, **more: Any
) -> Indicator:
    return Indicator(
        code,
        name,
        unit,
        counts,
        definition,
        cases,
        case_row,
        only=only,
        time="opened_at",
        needs=("region",),
        is_alone=True,
        cut=of_matter(),
        **{"order": BY_MONTH, "in_pieces": True, **more},
    )


def _of_offers(code: str, name: Any, definition: Any, only: Q) -> Indicator:
    return Indicator(
        code,
        name,
        Unit.TIMES,
        Counts.CONTACTS,
        definition,
        offers,
        _offer,
        only=only,
        time="offered_at",
        needs=("taker", "case"),
        cut=of_matter("case__") | of_station("taker"),
    )


add(
    Group.NET,
    _of_cases(
        "work_orders",
        _("网络工单"),
        Unit.MATTERS,
        Counts.CONTACTS,
        _("网站、微信、省网、12345 等转来的事，不是当场答复的；并单的也各算一件。"),
        WORK_ORDER,
    ),
    _of_cases(
        "net_consultations",
        _("网络即时咨询"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("网站、微信、省网、12345 等来的咨询，当场答复的。"),
        Q(channel__in=NET, is_instant=True),
    ),
    _of_cases(
        "contacts",
        _("各渠道收到的"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("各渠道收到的，并单的也各算一次。"),
        Q(),
    ),
    _of_cases(
        "contacts_merged",
        _("并单的"),
        Unit.TIMES,
        Counts.CONTACTS,
        _("收到以后并到另一件里的。"),
        Q(state__literally=[State.MERGED]),
        order={},
    ),
    _of_cases(
        "matters",
        _("收到的事项"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("各渠道收到的事项；并单的只算一件。"),
        ~Q(state=State.MERGED),
        less=("contacts", "contacts_merged"),
    ),
    _of_offers("orders_offered", _("工单转办"), _("这段时间里转给别的站点的工单，收回的不算。"), Q()),
    _of_offers(
        "orders_declined", _("工单退回"), _("转办的工单里，对方退回的。"), Q(state=HandoverState.DECLINED)
    ),
    Ratio("declined_rate", _("退回率"), "orders_declined", "orders_offered", _("工单退回 ÷ 工单转办。")),
    Sum(
        "hotline_and_net",
        _("热线和网络合计"),
        Unit.PERSON_TIMES,
        ("calls_answered", "net_consultations", "work_orders"),
        _("热线接听咨询 + 网络即时咨询 + 网络工单。"),
    ),
)
