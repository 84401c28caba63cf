"""Call records of other exchanges: which column means what, and a file looked at before it lands."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import page_of
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.hotline.rules.records import FIELDS, NEEDED
from mingbai.integrations.callrecords import actions
from mingbai.integrations.callrecords.actions import Landed, SourceTerms
from mingbai.integrations.callrecords.queries import last_landed
from mingbai.integrations.ledgers.files import read
from mingbai.integrations.models import Endpoint, RecordSource
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.web.access import staff, user_of
from mingbai.web.forms import WordsField, refusals, said
from mingbai.web.pages import Ask, Listing, Sheet, Sure
from mingbai.web.seat.reach import link, rules_of_line, way

MOST_BYTES, MOST_KEPT, MOST_SHOWN = 5_000_000, 1_800_000, 100
Rows = list[tuple[int, dict[str, str]]]


@staff(Permission.RULES_EDIT)
def sources(request: HttpRequest) -> HttpResponse:
    station = rules_of_line(request)
    found = RecordSource.objects.filter(station_id=station).order_by("-is_active", "code")
    return Listing(
        title=_("别的平台的话单"),
        lead=_(
            "电话由省里或别的平台接的，把它的话单导进来，或让它签名推过来；和第二屏上记的按号码、时间对上。"
        ),
        columns=(_("名称"), _("代码"), _("等待时间"), _("状态"), _("最近导入")),
        rows=lambda one: [
            link(one.name, "source", one.code),
            one.code,
            _("有测量") if one.measures_wait else _("没有测量"),
            _("在用") if one.is_active else _("已停用"),
            _last(one),
        ],
        page=page_of(found, request.GET, 30),
        actions=[way(_("登记话单来源"), "source_new", icon="plus")],
        empty=_("先登记一个来源，写明它的表头，再导入它的文件。"),
        back=(_("热线大屏"), reverse("seat:wall")),
    ).show(request)


def _last(one: RecordSource) -> str:
    at = last_landed(one)
    return moment(at) if at else _("还没有")


class SourceForm(forms.Form):
    """What it is called, then their column for each of our words."""

    name = WordsField(label=gettext_lazy("名称"), most=64)
    answered_words = WordsField(
        label=gettext_lazy("“结果”怎么写算接通"),
        most=200,
        required=False,
        help_text=gettext_lazy("几种写法用空格隔开；不写就按 ANSWERED、接通、已接、成功、1。"),
    )
    measures_wait = forms.BooleanField(
        label=gettext_lazy("接通时间是人接起来的时间"),
        required=False,
        initial=True,
        help_text=gettext_lazy("只记到机器自动接起的不要勾：等待时间按“未测”，不算在 15 秒接听率里。"),
    )
    endpoint = forms.ChoiceField(
        label=gettext_lazy("签名推送"),
        required=False,
        help_text=gettext_lazy("用哪个推送地址的密钥签名推来；只导文件的不选。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        live = Endpoint.objects.live().order_by("code").values_list("code", "name")
        self.fields["endpoint"].choices = [("", _("不推送")), *live]  # type: ignore[attr-defined]
        for name, label in FIELDS.items():
            self.fields[f"c_{name}"] = forms.CharField(
                label=_("%(name)s的列名") % {"name": label}, required=name in NEEDED, max_length=64
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        terms = SourceTerms(
            name=data.get("name", ""),
            columns={name: data.get(f"c_{name}", "") for name in FIELDS},
            answered_words=tuple(data.get("answered_words", "").split()),
            measures_wait=bool(data.get("measures_wait")),
            endpoint=Endpoint.objects.live().filter(code=data.get("endpoint") or "").first(),
        )
        return {"terms": terms, **{name: data[name] for name in ("code",) if name in data}}


class NewForm(SourceForm):
    code = forms.CharField(label=gettext_lazy("代码"), max_length=32)
    field_order = ("code", "name")


_COLUMN = {"uid": "c_uid"}
_HEADS = gettext_lazy("照对方文件的表头填列名；文件里没有的空着。")


@staff(Permission.RULES_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    station, by = rules_of_line(request), user_of(request).actor

    def act(data: dict[str, Any]) -> str:
        line = Station.objects.get(pk=station)
        return _url(actions.make_source(by=by, station=line, **data))

    back = (_("别的平台的话单"), reverse("seat:sources"))
    return Ask(_("登记话单来源"), NewForm, act, back, renamed=_COLUMN, lead=_HEADS).show(request)


def _url(one: RecordSource) -> str:
    return reverse("seat:source", args=[one.code])


def _one(request: HttpRequest, code: str) -> RecordSource:
    found: RecordSource = get_object_or_404(RecordSource, station_id=rules_of_line(request), code=code)
    return found


@staff(Permission.RULES_EDIT)
def source(request: HttpRequest, code: str) -> HttpResponse:
    one = _one(request, code)
    path = reverse("api_call_hook", args=[one.endpoint.code]) if one.endpoint else ""
    hook = request.build_absolute_uri(path) if path else ""
    ways = [
        way(_("导入话单"), "source_file", code, icon="upload"),
        way(_("修改"), "source_edit", code, icon="edit"),
    ]
    return Sheet(
        title=one.name,
        tags=[] if one.is_active else [{"text": _("已停用"), "tone": ""}],
        facts=[
            *((FIELDS[name], column) for name, column in one.columns.items()),
            (_("接通怎么写"), " ".join(one.answered_words)),
            (_("等待时间"), _("有测量") if one.measures_wait else _("没有测量")),
            (_("推到"), hook),
            (_("最近导入"), _last(one)),
        ],
        back=(_("别的平台的话单"), reverse("seat:sources")),
        actions=[*ways, way(_("停用"), "source_end", code)] if one.is_active else [],
        chain=one.chain,
    ).show(request)


@staff(Permission.RULES_EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    one, by = _one(request, code), user_of(request).actor
    start = {
        "name": one.name,
        "answered_words": " ".join(one.answered_words),
        "measures_wait": one.measures_wait,
        "endpoint": one.endpoint.code if one.endpoint else "",
        **{f"c_{name}": column for name, column in one.columns.items()},
    }

    def form(*args: Any) -> SourceForm:
        return SourceForm(*args, initial=start)

    def act(data: dict[str, Any]) -> None:
        actions.edit_source(by=by, source=one, **data)

    back = (one.name, _url(one))
    return Ask(_("修改"), form, act, back, renamed=_COLUMN, lead=_HEADS).show(request)


@staff(Permission.RULES_EDIT)
def end(request: HttpRequest, code: str) -> HttpResponse:
    one, by = _one(request, code), user_of(request).actor

    def act(_data: dict[str, Any]) -> None:
        actions.end_source(by=by, source=one)

    return Ask(_("停用"), Sure, act, (one.name, _url(one)), button=_("停用")).show(request)


# ── a file ──


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("话单文件（CSV 或 XLSX）"))


@staff(Permission.RULES_EDIT)
def file(request: HttpRequest, code: str) -> HttpResponse:
    """Read and tried without writing; what is confirmed is exactly what was tried."""
    one, by = _one(request, code), user_of(request).actor
    form = FileForm()
    context: dict[str, Any] = {"source": one, "back": _url(one), "preview": None, "done": None}
    if "confirm" in request.POST:
        rows = _kept(request.POST.get("rows", ""))
        context["done"] = _shown(actions.land_records(by=by, source=one, rows=rows))
    elif request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            with refusals(form):
                rows = _read(one, form.cleaned_data["file"])
                kept = json.dumps(rows, ensure_ascii=False)
                if len(kept.encode()) > MOST_KEPT:
                    raise Refused(_("行太多，请分成几个文件。"), code="too_long", field="file")
                context["preview"] = {
                    **_shown(actions.try_records(by=by, source=one, rows=rows)),
                    "rows": kept,
                }
    return render(request, "seat/source_file.html", {**context, "form": form})


def _read(one: RecordSource, given: Any) -> Rows:
    """Of each row only the mapped columns."""
    if given.size > MOST_BYTES:
        raise Refused(_("文件太大，最多 5 MB。"), code="too_long", field="file")
    columns = list(one.columns.values())
    suffix = ".xlsx" if str(given.name).lower().endswith(".xlsx") else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        copy.write(given.read())
        copy.flush()
        try:
            found = read(Path(copy.name), columns)
        except Refused as refused:
            raise Refused(said(refused), code=refused.code, field="file") from None
    return [(line, {column: row[column] for column in columns}) for line, row in found]


def _kept(text: str) -> Rows:
    try:
        rows = json.loads(text)
    except ValueError:
        return []
    pairs = [one for one in rows if isinstance(one, list) and len(one) == 2] if isinstance(rows, list) else []
    return [
        (line, {str(key): str(value) for key, value in row.items()})
        for line, row in pairs
        if isinstance(line, int) and isinstance(row, Mapping)
    ]


def _shown(found: Landed) -> dict[str, Any]:
    return {
        "created": found.created,
        "updated": found.updated,
        "same": found.same,
        "refused": found.refused[:MOST_SHOWN],
        "refused_count": len(found.refused),
    }
