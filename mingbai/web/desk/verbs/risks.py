"""What a matter's text warns of: reported with one key, or dismissed with a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import risks
from mingbai.cases.enums import RiskState
from mingbai.cases.models import RiskCard
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.desk.verbs.work import works
from mingbai.web.forms import WordsField


class RiskForm(VerbForm):
    """About one of the matter's cards."""

    card = forms.TypedChoiceField(label=_("哪一条"), coerce=int)
    states: tuple[str, ...] = (RiskState.OPEN,)

    def prepare(self) -> None:
        self.fields["card"].choices = [  # type: ignore[attr-defined]
            (card.pk, card.get_risk_display())
            for card in self.dossier.risk_cards
            if card.state in self.states
        ]


class ReportForm(RiskForm):
    to = WordsField(
        label=_("报告给谁"), most=120, help_text=_("单位，接电话的人；能写警号、工号的写上。时间自动记下。")
    )
    states = tuple(RiskState.values)


class DismissForm(RiskForm):
    reason = WordsField(label=_("为什么不是风险"), most=500, rows=2)


def _card(doing: Doing) -> RiskCard:
    return next(card for card in doing.dossier.risk_cards if card.pk == doing.data["card"])


def _report(doing: Doing) -> Any:
    return risks.report_risk(card=_card(doing), by=doing.by, to=doing.data["to"])


def _dismiss(doing: Doing) -> Any:
    return risks.dismiss_risk(card=_card(doing), by=doing.by, reason=doing.data["reason"])


def _has_cards(dossier: Dossier) -> bool:
    return bool(dossier.risk_cards)


def _has_open(dossier: Dossier) -> bool:
    return dossier.case.at_risk


VERBS = (
    Verb(
        "report_risk",
        _("已报告"),
        "phone-call",
        _("记下报告给谁、什么时候。还要告诉别的单位，可以再记一次。"),
        _report,
        works,
        ReportForm,
        fits=_has_cards,
        done=_("已记下报告给谁、什么时候。"),
        why_not=_("这件事没有风险提示。"),
    ),
    Verb(
        "dismiss_risk",
        _("不是风险"),
        "x",
        _("核实过，原话是别的意思。理由会留在经过里。"),
        _dismiss,
        works,
        DismissForm,
        fits=_has_open,
        done=_("已记下理由。"),
        why_not=_("没有待处置的风险提示。"),
    ),
)
