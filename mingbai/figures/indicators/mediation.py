"""People's mediation: how it came out, what the court confirmed, what was done."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import State
from mingbai.figures.dimensions import of_matter
from mingbai.figures.enums import Counts, Group, Unit
from mingbai.figures.indicators.net import within
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.mediation.enums import AgreementState, Confirmation, Outcome, TermState
from mingbai.mediation.models import Agreement, Mediation, Term


def ended(period: Period) -> QuerySet[Mediation]:
    """Mediations that had begun and ended in the period, one way or the other; a merged matter is not one."""
    since, until = period.moments
    found = Mediation.objects.filter(ended_at__gte=since, ended_at__lt=until, begun_at__isnull=False)
    found = found.exclude(case__state=State.MERGED).filter(within(period.region, "case__"))
    return found.order_by("ended_at", "pk")


def filed(period: Period) -> QuerySet[Agreement]:
    """What the court ruled on in the period, either way."""
    found = Agreement.objects.filter(
        confirmation__in=(Confirmation.CONFIRMED, Confirmation.REJECTED),
        decided_on__gte=period.first,
        decided_on__lte=period.last,
    )
    return found.filter(within(period.region, "case__")).order_by("decided_on", "pk")


def due(period: Period) -> QuerySet[Term]:
    """What had to be done by a day of the period, of agreements that hold."""
    found = Term.objects.filter(due_on__gte=period.first, due_on__lte=period.last)
    found = found.filter(agreement__state=AgreementState.EFFECTIVE)
    return found.filter(within(period.region, "agreement__case__")).order_by("due_on", "pk")


def _mediation(row: Mediation) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.ended_at, place=place, what=str(row.get_outcome_display()), case=row.case.number)


def _agreement(row: Agreement) -> Row:
    place = row.case.region.name if row.case.region else ""
    return Row(at=row.decided_on, place=place, what=str(row.get_confirmation_display()), case=row.case.number)


def _term(row: Term) -> Row:
    case = row.agreement.case
    place = case.region.name if case.region else ""
    return Row(at=row.due_on, place=place, what=str(row.get_state_display()), case=case.number)


_CASE, _OF_TERM = ("case__region",), ("agreement__case__region",)
add(
    Group.MEDIATION,
    Indicator(
        "mediations_ended",
        _("调解结束"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("开始过调解、在这段时间里结束的：达成协议、调解不成、一方不愿再调。没有开始就不愿意的不算。"),
        ended,
        _mediation,
        time="ended_at",
        needs=_CASE,
        cut=of_matter("case__"),
    ),
    Indicator(
        "mediations_agreed",
        _("调解成功"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("调解结束的里面，协议已经生效的（口头的已登记，书面的签字盖章齐了）。"),
        ended,
        _mediation,
        only=Q(outcome=Outcome.AGREED),
        time="ended_at",
        needs=_CASE,
        cut=of_matter("case__"),
    ),
    Indicator(
        "mediations_ruled",
        _("司法确认裁定"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("法院在这段时间里对共同申请作出裁定的，不论结果。"),
        filed,
        _agreement,
        time="decided_on",
        needs=_CASE,
        cut=of_matter("case__"),
    ),
    Indicator(
        "mediations_confirmed",
        _("司法确认有效"),
        Unit.MATTERS,
        Counts.MATTERS,
        _("法院在这段时间里裁定协议有效的。"),
        filed,
        _agreement,
        only=Q(confirmation=Confirmation.CONFIRMED),
        time="decided_on",
        needs=_CASE,
        cut=of_matter("case__"),
    ),
    Indicator(
        "mediation_terms_due",
        _("协议到期该履行"),
        Unit.PIECES,
        Counts.MATTERS,
        _("生效的协议里，约定在这段时间里履行的，一项算一个；没有写期限的不算。"),
        due,
        _term,
        time="due_on",
        needs=_OF_TERM,
        cut=of_matter("agreement__case__"),
    ),
    Indicator(
        "mediation_terms_done",
        _("协议已履行"),
        Unit.PIECES,
        Counts.MATTERS,
        _("到期该履行的里面，登记为已履行的。"),
        due,
        _term,
        only=Q(state=TermState.DONE),
        time="due_on",
        needs=_OF_TERM,
        cut=of_matter("agreement__case__"),
    ),
    Ratio(
        "mediation_success",
        _("调解成功率"),
        "mediations_agreed",
        "mediations_ended",
        _("调解成功 ÷ 调解结束。"),
    ),
    Ratio(
        "mediation_confirmed_rate",
        _("司法确认通过率"),
        "mediations_confirmed",
        "mediations_ruled",
        _("裁定有效 ÷ 作出裁定。"),
    ),
    Ratio(
        "mediation_performed_rate",
        _("协议履行率"),
        "mediation_terms_done",
        "mediation_terms_due",
        _("已履行 ÷ 到期该履行；还没有去问的算没有履行。"),
    ),
)
