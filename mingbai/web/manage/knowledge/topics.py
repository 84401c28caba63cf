"""Our topics beside the codes that other systems have for them."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.knowledge import actions
from mingbai.knowledge.enums import Topic
from mingbai.knowledge.models import TopicCode
from mingbai.knowledge.perms import can_edit_words
from mingbai.knowledge.queries import external_codes
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import WordsField
from mingbai.web.manage.ways import link
from mingbai.web.pages import Ask, Section, Sheet

_EDIT = Permission.KNOWLEDGE_EDIT


class CodesForm(forms.Form):
    codes = WordsField(
        label=gettext_lazy("别的系统叫什么"),
        most=6_000,
        rows=6,
        required=False,
        help_text=gettext_lazy("一行一个系统：系统 代码 名称（名称可以不写）。比如：12345 0203 劳动纠纷"),
    )

    def clean_codes(self) -> dict[str, tuple[str, str]]:
        """System → (code, name)."""
        found: dict[str, tuple[str, str]] = {}
        for line in self.cleaned_data["codes"].splitlines():
            parts = line.split(maxsplit=2)
            if not parts:
                continue
            if len(parts) < 2:
                raise ValidationError(_("“%(line)s”少了代码。") % {"line": line.strip()[:40]})
            if parts[0] in found:
                raise ValidationError(_("“%(system)s”写了两次。") % {"system": parts[0][:40]})
            found[parts[0]] = (parts[1], parts[2] if len(parts) > 2 else "")
        return found


@staff(_EDIT)
def topics(request: HttpRequest) -> HttpResponse:
    held, may = external_codes(), can_edit_words(request.user)
    columns = (_("主题"), _("我们的代码"), _("别的系统的代码"), *([_("改")] if may else []))
    rows = [
        [
            str(topic.label),
            topic.value,
            "；".join(_told(row) for row in held.get(topic, [])),
            *([link(_("改"), "topic_codes", topic.value)] if may else []),
        ]
        for topic in Topic
    ]
    return Sheet(
        title=_("主题代码"),
        lead=_("办件关于什么，别的系统有自己的清单；对上代码，转交、统计时就能对得上。"),
        facts=[],
        back=(_("知识"), reverse("manage:keeping")),
        sections=[Section(title=_("主题"), columns=columns, rows=rows, empty="")],
    ).show(request)


def _told(row: TopicCode) -> str:
    return " ".join(filter(None, (row.system, row.code, row.name)))


@staff(_EDIT)
def codes(request: HttpRequest, topic: str) -> HttpResponse:
    user: Any = request.user
    if topic not in Topic.values:
        raise Http404
    if not can_edit_words(user):
        raise PermissionDenied

    def act(data: dict[str, Any]) -> None:
        actions.set_topic_codes(by=user.actor, topic=topic, codes=data["codes"])

    held = "\n".join(_told(row) for row in external_codes().get(topic, []))
    back = (_("主题代码"), reverse("manage:topics"))
    return Ask(str(Topic(topic).label), partial(CodesForm, initial={"codes": held}), act, back).show(request)
