"""The verbs of a mediation before it begins: what is stated, who mediates; what its forms share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.mediation import actions
from mingbai.mediation.actions import Statement
from mingbai.mediation.enums import (
    CONFLICTS,
    Bar,
    Dispute,
    Grade,
    NamedBy,
    Source,
    Stage,
)
from mingbai.mediation.models import Committee, Party
from mingbai.mediation.perms import can_lead, can_name
from mingbai.mediation.rules.stages import may
from mingbai.people.models import Worker
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField

EARLY = frozenset({Stage.REQUESTED, Stage.ACCEPTED, Stage.ASKED, Stage.PREPARING, Stage.MEDIATING})


def leads(dossier: Dossier) -> bool:
    return dossier.mediation is not None and can_lead(dossier.here.user, dossier.case)


def names(dossier: Dossier) -> bool:
    return dossier.mediation is not None and can_name(dossier.here.user, dossier.case)


def at_stage(verb: str) -> Any:
    """Whether the table of stages has this verb for the matter as it stands."""
    return lambda dossier: dossier.mediation is not None and may(dossier.case.stage, verb)


def is_early(dossier: Dossier) -> bool:
    return dossier.mediation is not None and dossier.case.stage in EARLY


def party_choices(dossier: Dossier, parties: Iterable[Party]) -> list[tuple[str, str]]:
    assert dossier.mediation is not None
    return [(str(party.pk), dossier.mediation.name_of(party.pk)) for party in parties]


class PartyField(forms.TypedChoiceField):
    """One of the parties."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, widget=forms.RadioSelect, **options)


class PartiesField(forms.TypedMultipleChoiceField):
    """Some, or all, of the parties."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, widget=forms.CheckboxSelectMultiple, **options)


def offer_parties(form: VerbForm, name: str = "party") -> None:
    """Who is in it now; where there is only one to choose, they are chosen."""
    if form.dossier.mediation is None:  # asked of a matter that is no mediation
        return
    choices = party_choices(form.dossier, form.dossier.mediation.present)
    form.fields[name].choices = choices  # type: ignore[attr-defined]


class StateForm(VerbForm):
    source = forms.ChoiceField(label=_("怎么来的"), choices=Source.choices)
    organ = WordsField(label=_("哪个单位移交的"), most=100, required=False, help_text=_("移交来的才写。"))
    organ_number = WordsField(label=_("那边的编号"), most=64, required=False)
    dispute = forms.ChoiceField(
        label=_("哪一类纠纷"), choices=[("", _("还不清楚")), *Dispute.choices], required=False
    )
    grade = forms.ChoiceField(label=_("难易"), choices=Grade.choices, widget=forms.RadioSelect)
    committee = forms.ModelChoiceField(
        label=_("哪个调委会"), queryset=Committee.objects.none(), required=False
    )
    wants_doorstep = forms.BooleanField(label=_("希望上门调解"), required=False)
    guardian = WordsField(
        label=_("申请人的监护人"), most=100, required=False, help_text=_("申请人不满十八周岁的才写。")
    )

    def prepare(self) -> None:
        active = Committee.objects.filter(is_active=True).select_related("organisation")
        self.fields["committee"].queryset = active  # type: ignore[attr-defined]
        if self.dossier.mediation is None:
            return
        row = self.dossier.mediation.row
        held = ("source", "organ", "organ_number", "dispute", "grade", "wants_doorstep")
        self.initial = {**{name: getattr(row, name) for name in held}, **self.initial}
        self.initial.setdefault("committee", row.committee_id)


class NameForm(VerbForm):
    """Who can stands first; who should not is named with the reason."""

    worker = forms.ChoiceField(label=_("谁来调解"), widget=forms.RadioSelect)
    named_by = forms.ChoiceField(
        label=_("怎么定的"), choices=NamedBy.choices, initial=NamedBy.COMMITTEE, widget=forms.RadioSelect
    )
    said_conflict = forms.BooleanField(label=_("当事人或本人说有利害关系"), required=False)
    has_consents = forms.BooleanField(label=_("各方知道有利害关系，仍书面同意由他调解"), required=False)
    why = WordsField(label=_("说明"), most=500, rows=2, required=False)

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        named = {one.worker_id for one in self.dossier.mediation.active}
        people = [one for one in self.dossier.mediation.people if one.worker not in named]
        can = [one for one in people if one.is_free or set(one.bars) <= CONFLICTS]
        self.fields["worker"].choices = [  # type: ignore[attr-defined]
            (str(one.worker), _said_of(one)) for one in can[:_MOST]
        ]
        self.fields["worker"].initial = str(can[0].worker) if can and can[0].is_free else None
        barred = [one for one in people if one not in can]
        self.fields["worker"].help_text = "；".join(
            f"{one.name}：{'、'.join(str(Bar(bar).label) for bar in one.bars)}" for one in barred[:8]
        )


_MOST = 40


def _said_of(one: Any) -> str:
    facts = [
        one.name,
        one.committee,
        _("手上 %(n)d 件") % {"n": one.running},
        *(str(Bar(bar).label) for bar in one.bars),
    ]
    return " ".join(str(fact) for fact in facts if fact)


class ReplaceForm(VerbForm):
    worker = forms.ChoiceField(label=_("换下谁"), widget=forms.RadioSelect)
    reason = WordsField(label=_("为什么"), most=500, rows=2)

    def prepare(self) -> None:
        if self.dossier.mediation is None:
            return
        active = self.dossier.mediation.active
        self.fields["worker"].choices = [  # type: ignore[attr-defined]
            (str(one.worker_id), one.worker.name) for one in active
        ]


def _state(doing: Doing) -> Any:
    data = dict(doing.data)
    chosen, guardian = data.pop("committee"), data.pop("guardian")
    statement = Statement(**data, committee=chosen.pk if chosen else None)
    return actions.state(case=doing.case, by=doing.by, statement=statement, guardian=guardian)


def with_values(action: Any, *fields: str) -> Any:
    """The action with the values of the form by their names."""
    return lambda doing: action(case=doing.case, by=doing.by, **{name: doing.data[name] for name in fields})


def _name(doing: Doing) -> Any:
    data = dict(doing.data)
    worker = Worker.objects.get(pk=data.pop("worker"))
    return actions.name_mediator(case=doing.case, by=doing.by, worker=worker, **data)


def _replace(doing: Doing) -> Any:
    worker = Worker.objects.get(pk=doing.data["worker"])
    return actions.replace_mediator(case=doing.case, by=doing.by, worker=worker, reason=doing.data["reason"])


def _has_mediators(dossier: Dossier) -> bool:
    return at_stage("name")(dossier) and bool(dossier.mediation and dossier.mediation.active)


VERBS = (
    Verb(
        "med_state",
        _("填纠纷情况"),
        "edit",
        _("怎么来的、哪一类、难不难、哪个调委会。不清楚的先空着。"),
        _state,
        leads,
        StateForm,
        fits=is_early,
        done=_("已记下。"),
    ),
    Verb(
        "med_name",
        _("定调解员"),
        "user-search",
        _("调委会指定，或者当事人选。可以不止一位，第一位主持。"),
        _name,
        names,
        NameForm,
        fits=at_stage("name"),
        done=_("已定，各方会收到通知。"),
    ),
    Verb(
        "med_replace",
        _("更换调解员"),
        "refresh",
        _("当事人要求换，或者调解员不能再调。"),
        _replace,
        names,
        ReplaceForm,
        fits=_has_mediators,
        done=_("已更换。"),
    ),
    Verb(
        "med_begin",
        _("开始调解"),
        "heart-handshake",
        _("各方都同意，调解员也定了。写第一次调解记录时也会自动开始。"),
        lambda d: actions.begin(case=d.case, by=d.by),
        leads,
        fits=at_stage("begin"),
        done=_("调解开始了。"),
    ),
)
