"""The report as a page: words may be edited, figures are fields; issued ones stay as they were."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core.pagination import page_of
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.figures.actions import issue_letter
from mingbai.figures.letter import RANKS, YEAR_BEFORE, definition_of, figures_of, pieces, sentence, worded
from mingbai.figures.letter import plain as plainly
from mingbai.figures.letter import said as figure_said
from mingbai.figures.models import IssuedLetter
from mingbai.figures.papers import letter_file
from mingbai.figures.perms import can_issue, figure_regions
from mingbai.figures.queries import corrections, find
from mingbai.figures.registry import INDICATORS
from mingbai.figures.rules import Period
from mingbai.papers.enums import Format, Mark
from mingbai.people.models import User
from mingbai.people.roles import Permission
from mingbai.places.models import Region
from mingbai.places.queries import register
from mingbai.web.access import staff
from mingbai.web.board.asked import asked, head, period_words, query_of, tabs
from mingbai.web.exports import take_out
from mingbai.web.forms import WordsField, refusals
from mingbai.web.forms import said as refusal_said

PER_PAGE = 20


class LetterForm(forms.Form):
    """The number it is sent under, and its words: {key} stands where a figure is put."""

    number = forms.CharField(label=gettext_lazy("文号"), max_length=64)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    text = WordsField(
        label=gettext_lazy("正文"),
        most=20_000,
        rows=24,
        help_text=gettext_lazy("一段一行。花括号里的名字会换成数，照抄就行；其余的话可以改。"),
    )

    def paragraphs(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["text"].splitlines() if line.strip()]


def _values(period: Period) -> dict[str, Any]:
    return {key: plainly(value.value) for key, value in figures_of(period).items()}


def _url(key: str, period: Period) -> str:
    """Where the rows of a figure open; "" for rates, sums and ranks, whose parts open in the table."""
    code = YEAR_BEFORE.get(key, key)
    if code not in INDICATORS:
        return ""
    shown = period.year_before() if key in YEAR_BEFORE else period
    return f"{reverse('board:figure', args=[code])}?{query_of(shown)}"


def _paragraphs(texts: list[str], values: dict[str, Any], period: Period) -> list[list[dict[str, str]]]:
    def shown(words: str, key: str) -> dict[str, str]:
        return {"text": words, "url": _url(key, period) if key else "", "key": key}

    return [[shown(words, key) for words, key in pieces(text, values)] for text in texts]


def _title(period: Period) -> str:
    name = register().regions[period.region].name
    return _("%(name)s公共法律服务工作报告（%(period)s）") % {"name": name, "period": period_words(period)}


@staff(Permission.BOARD_SEE)
@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """The report as it is counted at this moment."""
    period = asked(request)
    user: User = request.user  # type: ignore[assignment]
    values = _values(period)
    context = {
        **head(request, period, "letter"),
        "title": _title(period),
        "paragraphs": _paragraphs(worded(values), values, period),
        "may_issue": can_issue(user, period.region),
        "issued": [_issued_row(row) for row in _issued([period.region])[:5]],
    }
    return render(request, "board/letter.html", context)


def drawn_file(
    request: HttpRequest, make: Callable[[], bytes], name: str, form: str, back: str
) -> HttpResponse:
    if form not in Format.values:
        raise Http404
    try:
        return take_out(request, make(), name, form, is_personal=False)
    except Refused as refused:
        messages.error(request, refusal_said(refused))
        return redirect(back)


@staff(Permission.BOARD_SEE)
@require_safe
def draft_file(request: HttpRequest, form: str) -> HttpResponse:
    """The report as it is counted at this moment, as PDF or Word; across the page: a draft."""
    period = asked(request)
    values, title = _values(period), _title(period)

    def make() -> bytes:
        texts = [sentence(text, values) for text in worded(values)]
        return letter_file(
            title=title, number="", paragraphs=texts, region=period.region, on=timezone.localdate(),
            form=form, mark=Mark.DRAFT,
        )  # fmt: skip

    return drawn_file(request, make, title, form, f"{reverse('board:letter')}?{query_of(period)}")


@staff(Permission.BOARD_SEE)
@require_safe
def issued_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The letter as it was sent, as PDF or Word."""
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(_issued(figure_regions(user)), pk=pk)
    then = {key: figure["value"] for key, figure in row.figures.items()}

    def make() -> bytes:
        texts = [sentence(text, then) for text in row.paragraphs]
        on = timezone.localdate(row.issued_at)
        return letter_file(
            title=row.title, number=row.number, paragraphs=texts, region=row.region_id, on=on, form=form
        )

    return drawn_file(request, make, row.title, form, reverse("board:issued", args=[pk]))


@staff(Permission.BOARD_SEE)
def issue(request: HttpRequest) -> HttpResponse:
    """Edit the words, then issue: from then on the letter stays as it is."""
    period = asked(request)
    user: User = request.user  # type: ignore[assignment]
    if not can_issue(user, period.region):
        raise PermissionDenied
    values = _values(period)
    start = {"title": _title(period), "text": "\n".join(worded(values))}
    form = LetterForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals(form, paragraphs="text"):
            made = issue_letter(
                by=user.actor,
                number=form.cleaned_data["number"],
                title=form.cleaned_data["title"],
                year=period.first.year,
                period=period,
                region=Region.objects.get(code=period.region),
                paragraphs=form.paragraphs(),
            )
            return redirect("board:issued", made.pk)
    context = {
        **head(request, period, "letter"),
        "form": form,
        "keys": [(key, figure_said(value, key), _name(key)) for key, value in values.items()],
    }
    return render(request, "board/issue.html", context)


def _name(key: str) -> str:
    if key in RANKS:
        return _("年初、年末位次")
    item = find(YEAR_BEFORE.get(key, key))
    name = str(item.name) if item else key
    return _("上年%(name)s") % {"name": name} if key in YEAR_BEFORE else name


def _issued(regions: Collection[str]) -> Any:
    return IssuedLetter.objects.filter(region_id__in=regions).select_related("region")


def _issued_row(row: IssuedLetter) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "url": reverse("board:issued", args=[row.pk]),
        "by": row.issued_by,
        "at": moment(row.issued_at),
    }


@staff(Permission.BOARD_SEE)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter that was issued, the newest first."""
    user: User = request.user  # type: ignore[assignment]
    page = page_of(_issued(figure_regions(user)), request.GET, PER_PAGE)
    context = {"tabs": tabs("letters"), "rows": [_issued_row(row) for row in page.items], "page": page}
    return render(request, "board/letters.html", context)


@staff(Permission.BOARD_SEE)
@require_safe
def issued(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it was sent; beside it what is counted otherwise today."""
    user: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(_issued(figure_regions(user)), pk=pk)
    period = Period(row.first, row.last, row.region_id)
    then = {key: figure["value"] for key, figure in row.figures.items()}
    changed = corrections(row, _values(period))
    context = {
        "tabs": tabs("letters"),
        "letter": row,
        "at": moment(row.issued_at),
        "period": period_words(period),
        "paragraphs": _paragraphs(row.paragraphs, then, period),
        "changed": [
            {
                "name": _name(one.code),
                "then": figure_said(one.reported, one.code),
                "now": figure_said(one.today, one.code),
                "url": _url(one.code, period),
            }
            for one in changed
        ],
        "redefined": [
            {"name": _name(key), "then": words, "now": definition_of(key)}
            for key, words in row.definitions.items()
            if words != definition_of(key)
        ],
    }
    return render(request, "board/issued.html", context)
