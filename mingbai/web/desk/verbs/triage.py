"""Topic, kind and urgency: proposed by the text with its words, said by whoever works the matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import triage
from mingbai.cases.kinds import KINDS
from mingbai.knowledge.enums import Topic
from mingbai.knowledge.queries import Proposed, proposals
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.desk.verbs.work import works

_LEAD = _("您定的会用来教系统，姓名电话不留；要求保密的不用。")


class ClassifyForm(VerbForm):
    topic = forms.ChoiceField(label=_("主题"), choices=Topic.choices, widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.fields["topic"].initial = self.case.topic or None


class KindForm(VerbForm):
    kind = forms.ChoiceField(
        label=_("哪一类业务"),
        widget=forms.RadioSelect,
        help_text=_("换一类的，编号和经过不变，时限按新的业务重新计算。"),
    )

    def prepare(self) -> None:
        self.fields["kind"].choices = [(code, kind.label) for code, kind in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["kind"].initial = self.case.kind


class UrgencyForm(VerbForm):
    urgent = forms.ChoiceField(
        label=_("急不急"),
        choices=[("yes", _("紧急")), ("no", _("不紧急"))],
        widget=forms.RadioSelect,
        help_text=_("紧急的，另有紧急的时限开始计算；已经在走的时限不变。"),
    )

    def prepare(self) -> None:
        self.fields["urgent"].initial = "yes" if self.case.is_urgent else "no"


def kind_codes() -> list[str]:
    return [code for code, _kind in KINDS.items()]


def _code(proposed: Proposed | None) -> str:
    return proposed.code if proposed else ""


def _say_topic(doing: Doing) -> Any:
    found = proposals(doing.case.text).topics
    first = _code(found[0] if found else None)
    return triage.say_topic(case=doing.case, by=doing.by, topic=doing.data["topic"], proposed=first)


def _say_kind(doing: Doing) -> Any:
    proposed = _code(proposals(doing.case.text, kind_codes()).kind)
    return triage.say_kind(case=doing.case, by=doing.by, kind=doing.data["kind"], proposed=proposed)


def _say_urgency(doing: Doing) -> Any:
    proposed, is_urgent = _code(proposals(doing.case.text).urgency), doing.data["urgent"] == "yes"
    return triage.say_urgency(case=doing.case, by=doing.by, is_urgent=is_urgent, proposed=proposed)


def _is_open(dossier: Dossier) -> bool:
    return bool(dossier.case.is_open)


VERBS = (
    Verb("classify", _("定主题"), "search", _LEAD, _say_topic, works, ClassifyForm, done=_("已定主题。")),
    Verb(
        "say_kind",
        _("核对业务类别"),
        "refresh",
        _LEAD,
        _say_kind,
        works,
        KindForm,
        state="convert",
        done=_("已核对业务类别。"),
    ),
    Verb(
        "say_urgency",
        _("定急不急"),
        "alert-triangle",
        _LEAD,
        _say_urgency,
        works,
        UrgencyForm,
        fits=_is_open,
        done=_("已定急不急。"),
        why_not=_("这件事已经结束，不用再定急不急。"),
    ),
)
