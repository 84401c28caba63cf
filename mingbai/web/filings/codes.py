"""The codes of another system for our values: which are still missing, one field at a time, from a day on."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.filings import actions
from mingbai.filings.kinds import FILING_KINDS, FilingKind
from mingbai.filings.queries import codebook
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.forms import DayField, WordsField
from mingbai.web.pages import Ask, Section


def code_section(kind: FilingKind, *, may: bool) -> Section:
    """Each field that has codes there, with how many are written down."""
    book = codebook(kind)
    rows = []
    for field, words in book.words.items():
        url = reverse("filings:codes", args=[kind.system, field])
        label = str(kind.fields[field])
        missing = [word for own, word in words.items() if (field, own) not in book.codes]
        said = _("还缺 %(n)d 个：%(words)s") % {"n": len(missing), "words": "、".join(missing[:6])}
        rows.append(
            [
                {"text": label, "url": url} if may else label,
                f"{len(words) - len(missing)}/{len(words)}",
                said if missing else _("齐了"),
            ]
        )
    return Section(_("对方的代码"), (_("我们的字段"), _("已填"), _("还缺")), rows)


class CodesForm(forms.Form):
    """One line for each value of ours; an empty one goes out in our own words."""

    source = WordsField(
        label=gettext_lazy("依据"),
        most=300,
        rows=2,
        help_text=gettext_lazy("代码表的文件名、文号、哪年哪月发的。"),
    )
    valid_from = DayField(label=gettext_lazy("从哪天起用"))

    def __init__(self, *args: Any, words: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for own, word in words.items():
            self.fields[f"code_{own}"] = forms.CharField(label=word, max_length=64, required=False)


@staff(Permission.RULES_EDIT)
def codes(request: HttpRequest, system: str, code: str) -> HttpResponse:
    """All values of one field, with what the other system calls each of them now."""
    user: User = request.user  # type: ignore[assignment]
    kind = dict(FILING_KINDS.items()).get(system)
    book = codebook(kind) if kind else None
    if kind is None or book is None or code not in book.words:
        raise Http404
    words = dict(book.words[code])
    initial = {f"code_{own}": book.codes.get((code, own), "") for own in words}
    initial["valid_from"] = timezone.localdate()  # type: ignore[assignment]

    def act(data: dict[str, Any]) -> None:
        said = {own: data[f"code_{own}"] for own in words}
        more = {"source": data["source"], "valid_from": data["valid_from"]}
        actions.set_codes(by=user.actor, system=system, field=code, codes=said, **more)

    lead = _("照对方的代码表填。空着的，按我们的说法报送，页面上会写明还缺。改了的从那天起用，以前的留着。")
    back = (str(kind.label), reverse("filings:system", args=[system]))
    form = partial(CodesForm, words=words, initial=initial)
    title = _("%(field)s的代码") % {"field": kind.fields[code]}
    return Ask(title, form, act, back, lead=lead).show(request)
