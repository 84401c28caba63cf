"""Photographs of a review: added line by line while it is judged, looked at by whoever reads the review."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.oversight import actions
from mingbai.oversight.actions.evidence import MOST
from mingbai.oversight.models import Evidence, Mark, Review
from mingbai.oversight.perms import can_show
from mingbai.people.roles import Permission
from mingbai.web.access import staff, user_of
from mingbai.web.forms import FilesField, FilesInput, said
from mingbai.web.oversight.reach import link, review_for, way
from mingbai.web.pages import Ask, Section, Sure
from mingbai.web.sent_files import served

_ENDS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}


class PhotosForm(forms.Form):
    mark = forms.ModelChoiceField(label=gettext_lazy("哪一项"), queryset=Mark.objects.none())
    file = FilesField(
        label=gettext_lazy("照片"),
        most=MOST,
        widget=FilesInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.heic"}),
        help_text=gettext_lazy("牌子、场地、公示栏、台账的样子。不要拍到群众和他们的材料。"),
    )

    def __init__(self, *args: Any, marks: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["mark"]
        field.queryset = marks
        field.label_from_instance = lambda mark: f"{mark.criterion.number}. {mark.criterion.name}"


@staff(Permission.CASE_SEE)
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    if not can_show(user, review):
        raise PermissionDenied
    marks = review.marks.select_related("criterion").order_by("criterion__number")

    def act(data: dict[str, Any]) -> None:
        for one in data["file"]:
            actions.add_photo(
                by=user.actor, mark=data["mark"], name=one.name or "", stream=one.file, size=one.size or 0
            )

    back = (review.station.name, reverse("oversight:review", args=[review.pk]))
    return Ask(_("加照片"), partial(PhotosForm, marks=marks), act, back, done=_("照片已存好。")).show(request)


def _photo(review: Review, pk: int) -> Evidence:
    found = Evidence.objects.filter(mark__review=review).select_related("mark__criterion")
    return get_object_or_404(found, pk=pk)


@staff(Permission.CASE_SEE)
def photo(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    """The picture, checked before it is served; `?download` gives the file as it was kept."""
    review = review_for(request, pk)
    one = _photo(review, photo)
    try:
        body = actions.open_photo(by=user_of(request).actor, photo=one)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("oversight:review", review.pk)
    name = f"{review.station_id}-{review.year}-{one.mark.criterion.number}-{one.pk}.{_ENDS[one.content_type]}"
    return served(body, one.content_type, name, is_download="download" in request.GET)


@staff(Permission.CASE_SEE)
def drop(request: HttpRequest, pk: int, photo: int) -> HttpResponse:
    review, user = review_for(request, pk), user_of(request)
    one = _photo(review, photo)
    if not can_show(user, review):
        raise PermissionDenied

    def act(_data: dict[str, Any]) -> None:
        actions.drop_photo(by=user.actor, photo=one)

    back = (review.station.name, reverse("oversight:review", args=[review.pk]))
    lead = _("删掉以后不能恢复，变更记录里留着谁删的。")
    return Ask(_("删掉这张照片"), Sure, act, back, button=_("删除"), lead=lead, is_danger=True).show(request)


def section(review: Review, *, may_drop: bool) -> Section:
    """What was shown, line by line."""
    found = Evidence.objects.filter(mark__review=review).select_related("mark__criterion")
    rows = list(found.order_by("mark__criterion__number", "added_at", "id"))
    count = ngettext("%(n)d 张", "%(n)d 张", len(rows)) % {"n": len(rows)}
    return Section(
        title=_("照片"),
        note=count if rows else "",
        columns=(_("项目"), _("照片"), _("提交人"), _("提交时间"), ""),
        rows=[_row(review, one, may_drop) for one in rows],
        empty=_("还没有照片。看现场的项目，请附上照片。"),
    )


def _row(review: Review, one: Evidence, may_drop: bool) -> list[Any]:
    shown = _("看照片（%(n)d KB）") % {"n": max(1, one.size // 1024)}
    return [
        f"{one.mark.criterion.number}. {one.mark.criterion.name}",
        link(shown, "photo", review.pk, one.pk),
        one.added_by,
        moment(timezone.localtime(one.added_at)),
        link(_("删除"), "photo_drop", review.pk, one.pk) if may_drop else "",
    ]


def way_in(review: Review) -> dict[str, Any]:
    return way(_("加照片"), "photos", review.pk, icon="camera")
