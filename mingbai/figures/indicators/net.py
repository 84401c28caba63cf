"""The net: work orders and instant consultations of net, WeChat and other hotlines."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.figures.enums import Counts, Unit
from mingbai.figures.registry import Indicator, Row, Sum, add
from mingbai.figures.rules import Period
from mingbai.places.queries import register

NET = (Channel.WEB, Channel.WECHAT, Channel.PARTNER)


def cases(period: Period) -> QuerySet[Case]:
    """Matters received in the period, through the index of months; exact days where it begins in between."""
    first, last = period.months
    found = Case.objects.filter(month__gte=first, month__lte=last)
    if not period.is_whole_months:
        since, until = period.moments
        found = found.filter(opened_at__gte=since, opened_at__lt=until)
    return found.filter(within(period.region)).order_by("opened_at", "id")


def within(region: str) -> Q:
    """By where the matter is from, not by who handles it; "" and the city itself are the whole."""
    places = register()
    if not region or region == places.city_of(region):
        return Q()
    return Q(region_id__in=places.subtree(region))


def net(period: Period) -> QuerySet[Case]:
    return cases(period).filter(channel__in=NET)


def case_row(row: Case) -> Row:
    place = row.region.name if row.region else ""
    return Row(at=row.opened_at, place=place, what=f"{row.get_channel_display()}", case=row.number)


add(
    Indicator(
        "work_orders",
        _("网络工单"),
        Unit.MATTERS,
        Counts.CONTACTS,
        _("网站、微信、省网、12345 等转来的事，不是当场答复的；并单的也各算一件。"),
        lambda period: net(period).filter(is_instant=False),
        case_row,
        time="opened_at",
        needs=("region",),
    ),
    Indicator(
        "net_consultations",
        _("网络即时咨询"),
        Unit.PERSON_TIMES,
        Counts.CONTACTS,
        _("网站、微信、省网、12345 等来的咨询，当场答复的。"),
        lambda period: net(period).filter(is_instant=True),
        case_row,
        time="opened_at",
        needs=("region",),
    ),
    Sum(
        "hotline_and_net",
        _("热线和网络合计"),
        Unit.PERSON_TIMES,
        ("calls_answered", "net_consultations", "work_orders"),
        _("热线接听咨询 + 网络即时咨询 + 网络工单。"),
    ),
)
