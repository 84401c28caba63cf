"""More time: asked before the due time, decided by somebody else."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import clocks
from mingbai.cases.enums import Unit
from mingbai.cases.perms import can_decide_extension, can_work
from mingbai.core.when import moment
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField


class AskMoreForm(VerbForm):
    clock = forms.ChoiceField(label=_("哪一项时限"), widget=forms.RadioSelect)
    amount = forms.IntegerField(label=_("延长多少"), min_value=1, max_value=999)
    reason = WordsField(label=_("为什么要延期"), most=500, rows=3)

    def prepare(self) -> None:
        open_ones = extendable(self.dossier)
        self.fields["clock"].choices = [  # type: ignore[attr-defined]
            (
                str(view.clock.pk),
                _("%(name)s，%(due)s 止，最多延 %(most)d%(unit)s")
                % {
                    "name": view.rule.name,
                    "due": moment(view.due_at),
                    "most": view.rule.extension_most,
                    "unit": Unit(view.rule.unit).label,
                },
            )
            for view in open_ones
        ]
        if len(open_ones) == 1:
            self.fields["clock"].initial = str(open_ones[0].clock.pk)


class DecideForm(VerbForm):
    extension = forms.ChoiceField(label=_("哪一项申请"), widget=forms.RadioSelect)
    granted = forms.ChoiceField(
        label=_("决定"), choices=[("yes", _("同意延期")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    answer = WordsField(
        label=_("意见"), most=500, rows=3, required=False, help_text=_("不同意时须说明理由。")
    )

    def prepare(self) -> None:
        asked = self.dossier.extensions
        self.fields["extension"].choices = [  # type: ignore[attr-defined]
            (
                str(one.pk),
                _("%(who)s申请延长 %(amount)d：%(reason)s")
                % {"who": one.asked_by, "amount": one.amount, "reason": one.reason},
            )
            for one in asked
        ]
        if len(asked) == 1:
            self.fields["extension"].initial = str(asked[0].pk)


def extendable(dossier: Dossier) -> list[Any]:
    """Running clocks whose rule allows more time, and for which none was asked."""
    asked = {one.clock_id for one in dossier.extensions}
    return [
        view
        for view in dossier.clocks
        if view.is_running
        and view.rule.extension_most
        and not view.clock.extra
        and view.clock.pk not in asked
        and view.state != "late"
    ]


def _ask(doing: Doing) -> Any:
    data = doing.data
    clock = next(v.clock for v in doing.dossier.clocks if str(v.clock.pk) == data["clock"])
    return clocks.ask_extension(clock=clock, by=doing.by, amount=data["amount"], reason=data["reason"])


def _decide(doing: Doing) -> Any:
    data = doing.data
    extension = next(one for one in doing.dossier.extensions if str(one.pk) == data["extension"])
    return clocks.decide_extension(
        extension=extension, by=doing.by, granted=data["granted"] == "yes", answer=data["answer"]
    )


VERBS = (
    Verb(
        "ask_extension",
        _("申请延期"),
        "calendar-due",
        _("到期之前申请，由站点负责人审批，只能延一次。"),
        _ask,
        lambda dossier: can_work(dossier.here.user, dossier.case),
        AskMoreForm,
        state="extend",
        fits=lambda dossier: bool(extendable(dossier)),
        done=_("已提交延期申请。"),
        why_not=_("没有可以延期的时限：不许延期、已经到期，或者已经申请过。"),
    ),
    Verb(
        "decide_extension",
        _("审批延期"),
        "gavel",
        _("同意后，到期时间随之改变并记入经过。"),
        _decide,
        lambda dossier: can_decide_extension(dossier.here.user, dossier.case),
        DecideForm,
        fits=lambda dossier: bool(dossier.extensions),
        done=_("已审批。"),
        why_not=_("没有等审批的延期申请。"),
    ),
)
