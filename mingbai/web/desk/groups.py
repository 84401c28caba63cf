"""The groups I am in: what was said, to copy into the chat; and asking the advisers about a matter."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.numbers import group_number
from mingbai.integrations import guidance
from mingbai.notices.models import Group, Post, Question
from mingbai.notices.queries import groups_of, guidance_groups
from mingbai.people.models import User
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.reach import case_for
from mingbai.web.forms import WordsField, refusals
from mingbai.web.pages import Ask

_MOST = 50


@staff(Permission.CASE_SEE)
def groups(request: HttpRequest) -> HttpResponse:
    """Personal chats have no interface: the text and its link are copied by hand."""
    user: Any = request.user
    worker = getattr(user, "worker", None)
    mine = groups_of(worker) if worker is not None and worker.is_active else []
    posts = Post.objects.filter(group__in=[group.pk for group in mine]).select_related("group")
    context = {
        "groups": mine,
        "posts": [
            {
                "group": post.group.name,
                "at": post.made_at,
                "text": post.text,
                "url": f"{settings.PUBLIC_URL}{post.path}",
            }
            for post in posts[:_MOST]
        ],
    }
    return render(request, "desk/groups.html", context)


class AskForm(forms.Form):
    group = forms.ModelChoiceField(
        label=gettext_lazy("问哪个指导群"), queryset=Group.objects.none(), empty_label=None
    )
    text = WordsField(
        label=gettext_lazy("问题"),
        help_text=gettext_lazy("不写姓名、电话、编号，用“当事人”“对方”。群里的人不用看到是谁的事。"),
        most=1000,
        rows=5,
    )


@staff(Permission.CASE_WORK)
def ask(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    case = case_for(user, number)
    if not can(user, Permission.CASE_WORK, station=case.station_id) and not owns(user, case.owner_id):
        raise Http404
    found = guidance_groups(case.station.region_id).order_by("id")

    def form(data: Any = None, files: Any = None) -> AskForm:
        shape = AskForm(data, files)
        field: Any = shape.fields["group"]
        field.queryset = found
        return shape

    def act(data: dict[str, Any]) -> None:
        guidance.ask(by=user.actor, case=case, group=data["group"], text=data["text"])

    lead = _("群里的律师、调解员等每人收到一个本人的链接，答复写进这件办件，带姓名和时间。")
    if not found:
        lead = _("还没有指导群，请站点负责人在“设置”里建。")
    back = (group_number(case.number), reverse("desk:case", args=[case.number]))
    done = _("已发到指导群。答复会出现在经过里。")
    return Ask(_("请教指导群"), form, act, back, button=_("发到群里"), lead=lead, done=done).show(request)


def owns(user: User, owner: int | None) -> bool:
    """Whether the matter is in this person's own hands."""
    worker = getattr(user, "worker", None)
    return worker is not None and worker.pk == owner


@staff(None)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The link that stands in the group: members who are signed in answer here, all others by their own."""
    user: Any = request.user
    worker = getattr(user, "worker", None)
    found = get_object_or_404(Question.objects.select_related("group"), pk=pk)
    if worker is None or not worker.is_active or found.group not in groups_of(worker):
        raise Http404
    return answer_page(request, found, worker)


class AnswerForm(forms.Form):
    text = WordsField(label=gettext_lazy("您的答复"), most=5000, rows=8)


def answer_page(request: HttpRequest, question: Question, worker: Any) -> HttpResponse:
    """The question and the form; the same for a signed-in member and for a personal link."""
    form, is_done = AnswerForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            guidance.answer(question=question, worker=worker, text=form.cleaned_data["text"])
            is_done = True
    context = {"question": question, "worker": worker, "form": form, "is_done": is_done}
    response = render(request, "public/guidance.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
