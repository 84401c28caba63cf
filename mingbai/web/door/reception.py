"""A leader's reception day: the sheet, who came, what was said; each opinion a matter with its owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core.when import day as day_words
from mingbai.core.when import short_day
from mingbai.people.models import Worker
from mingbai.people.roles import Permission
from mingbai.visits.actions.reception import Proposed, receive, take_opinion, take_proposal
from mingbai.visits.enums import OpinionSource, VisitKind
from mingbai.visits.models import Opinion, Visit
from mingbai.visits.perms import can_receive
from mingbai.visits.queries.slots import book, openings_of
from mingbai.visits.queries.visits import reception_sheet
from mingbai.web.access import staff, user_of
from mingbai.web.door.home import row_of
from mingbai.web.door.reach import day_of, frame, here, receives_here, station_of, visit_for, workers_at
from mingbai.web.forms import DayField, WordsField, refusals
from mingbai.web.offline import key_of, new_key
from mingbai.web.pages import Ask

AHEAD = timedelta(days=92)
MOST_OPINIONS = 40


@staff(Permission.CASE_SEE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The reception days to come, the sheet of one of them, and the opinions that are followed."""
    station, user, today = here(request), user_of(request), timezone.localdate()
    there, works = openings_of([station], kinds=[VisitKind.RECEPTION]), can_receive(user, station)
    days = sorted({slot.starts_at.date() for slot in book(there, today, today + AHEAD).slots})
    on = day_of(request) if "on" in request.GET else (days[0] if days else today)
    context = {
        **frame(request, "reception"),
        "days": [{"iso": day.isoformat(), "words": day_words(day), "current": day == on} for day in days[:8]],
        "on": on,
        "on_words": day_words(on, today=today),
        "leaders": "、".join(dict.fromkeys(opening.receives for opening in there)),
        "visits": [_sheet_row(visit, works) for visit in reception_sheet(user, [station], on)],
        "opinions": [_opinion_row(opinion) for opinion in _opinions(request, station)],
    }
    return render(request, "door/reception.html", context)


def _opinions(request: HttpRequest, station: str) -> list[Opinion]:
    rows = Opinion.objects.visible_to(user_of(request)).filter(station_id=station)
    told = rows.annotate(evidence=Count("case__attachments")).select_related("case__owner", "part_of")
    return list(told.order_by("-on", "-id")[:MOST_OPINIONS])


def _sheet_row(visit: Visit, works: bool) -> dict[str, Any]:
    return {
        **row_of(visit, works=works),
        "text": visit.text if works else "",
        "said": visit.said if works else "",
        "opinions": [opinion.case.number for opinion in visit.opinions.all()],
    }


def _opinion_row(opinion: Opinion) -> dict[str, Any]:
    case, today = opinion.case, timezone.localdate()
    due = timezone.localdate(case.due_at) if case.due_at else opinion.due_on
    return {
        "number": case.number,
        "text": case.summary,
        "on": short_day(opinion.on, today=today),
        "leader": opinion.leader or opinion.get_source_display(),
        "reference": opinion.reference or (opinion.part_of.reference if opinion.part_of else ""),
        "evidence": getattr(opinion, "evidence", 0),
        "state": case.get_state_display(),
        "owner": case.owner.name if case.owner else "",
        "due": short_day(due) if due else "",
        "is_late": due is not None and case.is_open and due < today,
    }


class SaidForm(forms.Form):
    """What was said; an opinion, if there is one, with who answers for it."""

    said = WordsField(label=gettext_lazy("谈了什么，领导怎么说"), most=4000, rows=4)
    opinion = WordsField(
        label=gettext_lazy("意见建议"),
        most=4000,
        rows=3,
        required=False,
        help_text=gettext_lazy("要跟着办的写在这里：会立为一件，有主办人、有期限，办好答复本人。"),
    )
    owner = forms.ChoiceField(label=gettext_lazy("谁来办"), required=False)

    def __init__(self, *args: Any, people: list[Worker], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(worker.code, worker.name) for worker in people]
        self.fields["owner"].choices = [("", gettext_lazy("请选择")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("opinion") and not data.get("owner"):
            self.add_error("owner", _("请选谁来办。"))
        return data


@staff(Permission.CASE_OPEN)
def said(request: HttpRequest, pk: int) -> HttpResponse:
    """One visitor of the day: what was said, and what is to be done about it."""
    shown = visit_for(request, pk)
    people = workers_at(shown.station_id)
    form = SaidForm(request.POST or None, people=people, initial={"said": shown.said})
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            done = _kept(request, shown, form, people)
            messages.success(request, done)
            return redirect(f"{reverse('door:reception')}?on={shown.on.isoformat()}")
    context = {
        **frame(request, "reception"),
        "visit": shown,
        "row": row_of(shown, works=True),
        "text": shown.text,
        "form": form,
        "key": key_of(request),
    }
    return render(request, "door/said.html", context)


def _kept(request: HttpRequest, shown: Visit, form: SaidForm, people: list[Worker]) -> str:
    by, data = user_of(request).actor, form.cleaned_data
    receive(by=by, visit=shown, said=data["said"])
    if not data["opinion"]:
        return _("已记下。")
    owner = next(worker for worker in people if worker.code == data["owner"])
    opinion = take_opinion(by=by, visit=shown, text=data["opinion"], owner=owner, key=key_of(request))
    return _("已记下，意见立为一件，编号 %(number)s。") % {"number": opinion.case.number}


_SOURCES = (OpinionSource.PROPOSAL, OpinionSource.PROMISE, OpinionSource.RATING)


class ProposalForm(forms.Form):
    key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=new_key)
    source = forms.ChoiceField(
        label=gettext_lazy("从哪里来"),
        choices=[(one, one.label) for one in _SOURCES],
        widget=forms.RadioSelect,
    )
    text = WordsField(label=gettext_lazy("意见，或者答复里答应的事"), most=4000, rows=4)
    owner = forms.ChoiceField(label=gettext_lazy("谁来办"))
    reference = forms.CharField(label=gettext_lazy("建议提案的编号"), max_length=64, required=False)
    on = DayField(label=gettext_lazy("哪天交办的"), required=False, help_text=gettext_lazy("不填就是今天。"))
    due_on = DayField(
        label=gettext_lazy("哪天以前答复，或者做到"),
        required=False,
        help_text=gettext_lazy("建议、提案不填就按时限规则算；答应的事一定要填。"),
    )
    part_of = forms.ModelChoiceField(
        label=gettext_lazy("是答复哪件建议、提案时答应的"), queryset=Opinion.objects.none(), required=False
    )

    def __init__(self, *args: Any, people: list[Worker], proposals: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [(worker.code, worker.name) for worker in people]  # type: ignore[attr-defined]
        self.fields["part_of"].queryset = proposals  # type: ignore[attr-defined]
        self.fields["part_of"].label_from_instance = _proposal_label  # type: ignore[attr-defined]


def _proposal_label(opinion: Opinion) -> str:
    return f"{opinion.reference} {opinion.case.summary}".strip()


@staff(Permission.CASE_OPEN)
def proposal(request: HttpRequest) -> HttpResponse:
    """A proposal of a delegate, or a promise made in answer to one: followed to its end."""
    station = here(request)
    receives_here(request, station)
    people = workers_at(station)
    seen = Opinion.objects.visible_to(user_of(request)).filter(source=OpinionSource.PROPOSAL)
    proposals = seen.filter(station_id=station).select_related("case").order_by("-on", "-id")

    def form(*args: Any, **options: Any) -> ProposalForm:
        return ProposalForm(*args, people=people, proposals=proposals, **options)

    def act(data: dict[str, Any]) -> None:
        code, by, there = data.pop("owner"), user_of(request).actor, station_of(station)
        owner = next(worker for worker in people if worker.code == code)
        del data["key"]
        take_proposal(by=by, station=there, proposed=Proposed(**data), owner=owner, key=key_of(request))

    back = _("接待日"), reverse("door:reception")
    return Ask(_("记一条意见"), form, act, back, done=_("已立为一件，在意见里跟着办。")).show(request)
