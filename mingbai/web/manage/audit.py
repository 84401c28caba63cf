"""The journal for the audit administrator: who did what when, whether it is whole, and its seals."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.journal.models import Entry, Seal
from mingbai.journal.queries import verify
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import DayField
from mingbai.web.history import VERBS, entry_of
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action
from mingbai.web.pages import ANY, FilterForm, Listing

MOST_VERIFIED = 200_000
"""More entries than this are proven by the command, not while somebody waits for a page."""


class AuditFilter(FilterForm):
    q = forms.CharField(
        label=gettext_lazy("哪条链"), required=False, max_length=48, help_text="case:… station:… user:…"
    )
    who = forms.CharField(label=gettext_lazy("谁（姓名）"), required=False, max_length=64)
    verb = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    since = DayField(label=gettext_lazy("从哪天"), required=False)
    until = DayField(label=gettext_lazy("到哪天"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        prefixes = [("case.", _("办件")), ("user.", _("用户")), ("station.", _("站点"))]
        one = [(code, f"{code} {label}") for code, label in VERBS.items()]
        self.fields["verb"].choices = [*ANY, (_("一类"), prefixes), (_("一项"), one)]  # type: ignore[attr-defined]

    def day(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


@staff(Permission.JOURNAL_SEE)
def audit(request: HttpRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    return Listing(
        title=_("审计"),
        form=form,
        columns=(_("时间"), _("谁"), _("做了什么"), _("哪条链")),
        rows=_row,
        page=page_of(_found(form, keeper(request, Permission.JOURNAL_SEE)).order_by("-id"), request.GET, 50),
        actions=[
            action(_("核验日志"), "verify", icon="shield-lock"),
            action(_("封存"), "seals", icon="lock"),
        ],
    ).show(request)


def _found(form: AuditFilter, own: Keeper) -> Any:
    """Who audits a county reads what happened at its stations; the whole city's journal has no borders."""
    found = Entry.objects.order_by()
    if not own.is_city_wide:
        found = found.filter(place__in=own.stations)
    if chain := form.value("q"):
        exact = ":" in chain and not chain.endswith(":")
        found = found.filter(chain=chain) if exact else found.filter(chain__startswith=chain)
    if who := form.value("who"):
        found = found.filter(_by(who))
    if verb := form.value("verb"):
        found = found.filter(verb__startswith=verb) if verb.endswith(".") else found.filter(verb=verb)
    if since := form.day("since"):
        found = found.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    if until := form.day("until"):
        found = found.filter(
            at__lt=timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
        )
    return found


def _by(who: str) -> Q:
    """By the actors of that name, read by index; a name that no user has is looked for as written."""
    users = User.objects.filter(Q(name=who) | Q(username=who)).values_list("pk", flat=True)
    codes = [f"user:{pk}" for pk in users] or ([who] if ":" in who else [])
    return Q(actor__in=codes) if codes else Q(actor_name=who)


def _row(entry: Entry) -> list[Any]:
    said = entry_of(entry)
    what = f"{said['what']}（{said['why']}）" if said["why"] else said["what"]
    chain = {"text": f"{entry.chain}#{entry.seq}", "url": f"{reverse('manage:audit')}?q={entry.chain}"}
    return [moment(entry.at), f"{entry.actor_name} {entry.actor}", what, chain]


@staff(Permission.JOURNAL_SEE)
def verify_page(request: HttpRequest) -> HttpResponse:
    """Prove the whole history now; a large one by the command."""
    last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    too_many = last > MOST_VERIFIED
    report = verify() if request.method == "POST" and not too_many else None
    context = {
        "report": report,
        "problems": [str(problem) for problem in report.problems] if report else [],
        "too_many": too_many,
        "entries": last,
        "back": (_("审计"), reverse("manage:audit")),
    }
    return render(request, "manage/verify.html", context)


@staff(Permission.JOURNAL_SEE)
def seals(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    form.fields["q"].label = _("根（开头几位）")
    found = Seal.objects.order_by("-id")
    if text := form.value("q"):
        found = found.filter(root__startswith=text.lower())
    return Listing(
        title=_("封存"),
        lead=_("每分钟把变动过的链首连成一个根，根再连着前一个根。根导出到库外，谁改了旧的日志就对不上。"),
        form=form,
        columns=(_("时间"), "#" + _("链数"), _("根")),
        rows=lambda seal: [moment(seal.at), str(seal.count), seal.root],
        page=page_of(found, request.GET, 50),
        back=(_("审计"), reverse("manage:audit")),
        empty=_("还没有封存。"),
    ).show(request)
