"""One's own work: what was done, what is paid for it and how that was reckoned, and the proof of it."""

from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core.pagination import page_of
from mingbai.core.refused import Refused
from mingbai.papers.actions import open_paper
from mingbai.papers.enums import Format
from mingbai.papers.models import Paper
from mingbai.papers.queries import papers_of
from mingbai.people.models import User, Worker
from mingbai.people.perms import can, roles
from mingbai.people.roles import ADMINS, Permission
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.queries import own_pieces
from mingbai.web.access import staff
from mingbai.web.exports import take_out
from mingbai.web.forms import DayField, said
from mingbai.web.pages import Ask, Section, Sheet
from mingbai.web.pay import proof as papers
from mingbai.web.pay.rows import amount_of, day_of, linked, yuan
from mingbai.web.ways import Room

PER_PAGE = 50
_ROOM = Room("pay")


def _worker(request: HttpRequest) -> Worker | None:
    found: Worker | None = getattr(request.user, "worker", None)
    return found


@staff(None)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everybody's own; who keeps a place's subsidies finds the way to them here too."""
    worker = _worker(request)
    actions = []
    if worker is not None:
        actions.append(_ROOM.way(_("打印服务记录证明"), "proof_new", icon="printer"))
    if can(request.user, Permission.SUBSIDY_SEE):
        actions.append(_ROOM.way(_("发放表"), "sheets", icon="table"))
    return Sheet(
        title=_("我的服务和补贴"),
        facts=_facts(worker) if worker else (),
        lead=_("这里是记在您名下的工作，和每一件怎么算的钱。有不对的，请告诉站点负责人。"),
        back=(_("我的办件"), reverse("desk:home")),
        actions=actions,
        sections=[_own(request, worker), _proofs(worker)] if worker else [],
    ).show(request)


def _shown_to(user: User) -> bool:
    return not roles(user) <= ADMINS


mine.shown_to = _shown_to  # type: ignore[attr-defined]


def _facts(worker: Worker) -> list[tuple[str, str]]:
    year = timezone.localdate().year
    found = own_pieces(worker).filter(done_on__year=year).order_by()
    sums = {row["state"]: row["total"] for row in found.values("state").annotate(total=Sum("amount"))}
    return [
        (_("今年已列入发放表"), _("%(n)s 元") % {"n": yuan(sums.get(PieceState.SHEETED, 0))}),
        (_("今年待发放"), _("%(n)s 元") % {"n": yuan(sums.get(PieceState.EARNED, 0))}),
    ]


def _own(request: HttpRequest, worker: Worker) -> Section:
    page = page_of(own_pieces(worker), request.GET, PER_PAGE)
    rows = [
        [linked(one), day_of(one), amount_of(one), one.get_state_display(), _paid(one)] for one in page.items
    ]
    columns = (_("工作"), _("完成"), _("#金额（元）"), _("状态"), _("哪个月的发放表"))
    return Section(_("服务记录"), columns, rows, page=page)


def _paid(piece: Any) -> str:
    month = piece.sheet.month if piece.sheet else 0
    return f"{month // 100}-{month % 100:02}" if month else "–"


def _proofs(worker: Worker) -> Section:
    found = papers_of(f"worker:{worker.code}").filter(kind=papers.KIND).order_by("-pk")[:10]
    rows = [
        [
            {"text": one.text, "url": reverse("pay:proof", args=[one.pk, "pdf"])},
            timezone.localdate(one.issued_at),
        ]
        for one in found
    ]
    return Section(_("打印过的证明"), (_("文号"), _("日期")), rows)


class ProofForm(forms.Form):
    first = DayField(label=gettext_lazy("从哪天"))
    last = DayField(label=gettext_lazy("到哪天"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("不能早于开始的那天。"))
        return data


@staff(None)
def proof_new(request: HttpRequest) -> HttpResponse:
    worker = _worker(request)
    if worker is None:
        messages.info(request, _("您没有登记在服务人员名册里，没有服务记录。"))
        return redirect("pay:mine")
    user: Any = request.user
    today = timezone.localdate()

    form = partial(ProofForm, initial={"first": today.replace(month=1, day=1), "last": today})

    def act(data: dict[str, Any]) -> HttpResponse:
        made = papers.issue_proof(by=user.actor, worker=worker, event=uuid4().hex, **data)
        if made is None:
            raise Refused(_("这段时间没有记录，或者您还没有登记在哪个站点。"), code="nothing_recorded")
        return redirect("pay:proof", made.pk, Format.PDF)

    back = (_("我的服务和补贴"), reverse("pay:mine"))
    return Ask(_("服务记录证明"), form, act, back, _("打印")).show(request)


@staff(None)
@require_safe
def proof(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Of oneself only."""
    worker = _worker(request)
    if worker is None or form not in Format.values:
        raise Http404
    own = Paper.objects.filter(about=f"worker:{worker.code}", kind=papers.KIND).select_related("template")
    found, user = get_object_or_404(own, pk=pk), request.user
    try:
        content = open_paper(by=user.actor, paper=found, form=form)  # type: ignore[union-attr]
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("pay:mine")
    return take_out(request, content, f"服务记录证明{found.text}", form)
