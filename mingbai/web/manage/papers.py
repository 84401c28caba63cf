"""How papers read: one text per paper for the city, and an office's own; previews, versions, letterheads."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from mingbai.core import when
from mingbai.core.refused import Refused
from mingbai.papers import actions, renderer
from mingbai.papers.enums import Format
from mingbai.papers.kinds import PAPER_KINDS, PaperKind
from mingbai.papers.models import Letterhead, PaperTemplate
from mingbai.papers.perms import can_edit
from mingbai.papers.queries import drawn, head_of, heads_of, sample_of, template_of, templates_of, versions_of
from mingbai.papers.rules.markup import as_data, check, read
from mingbai.people.roles import Permission
from mingbai.places.enums import Tier
from mingbai.places.models import Station
from mingbai.web.access import staff
from mingbai.web.exports import take_out
from mingbai.web.forms import WordsField, said
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, Section, Sheet, Why

CITY = "city"
_SIGNS = (
    (gettext_lazy("# 标题"), gettext_lazy("居中的大标题")),
    (gettext_lazy("## 小标题"), gettext_lazy("正文里的小标题")),
    (gettext_lazy("^ 文号"), gettext_lazy("居中")),
    (gettext_lazy("> 落款"), gettext_lazy("靠右：签名、日期、盖章")),
    (gettext_lazy("= 称呼"), gettext_lazy("顶格，不缩进")),
    (gettext_lazy("| 名称 | 内容 |"), gettext_lazy("表格的一行")),
    ("---", gettext_lazy("换一页")),
)


def _offices(own: Keeper) -> list[Station]:
    """The centres within reach, and any other station within that has papers of its own."""
    found = Station.objects.filter(code__in=own.stations, closed_on=None)
    if own.is_city_wide or len(own.stations) > 20:
        centres = found.filter(tier__in=[Tier.CITY_CENTRE, Tier.COUNTY_CENTRE])
        kept = found.filter(pk__in=Letterhead.objects.values("office"))
        found = (centres | kept).distinct()
    return list(found.select_related("region").order_by("code"))


def _kind(code: str) -> PaperKind:
    if code not in PAPER_KINDS:
        raise Http404
    return PAPER_KINDS.get(code)


def _office(request: HttpRequest, where: str) -> Station | None:
    """The office whose papers are meant, None for the whole city; 404 for what is not this person's."""
    own = keeper(request, Permission.PAPERS_EDIT)
    return None if where == CITY and own.is_city_wide else own.station(where)


@staff(Permission.PAPERS_EDIT)
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """Every kind of paper for the city, and for each office how it stands on its papers."""
    own = keeper(request, Permission.PAPERS_EDIT)
    offices = _offices(own)
    places = [(CITY, _("全市"))] if own.is_city_wide else []
    places += [(one.code, one.name) for one in offices]
    sections = [_heads(offices), *(_kinds(code, name) for code, name in places[:1])]
    if len(places) > 1:
        rows = [[link(name, "papers", query=f"?where={code}")] for code, name in places[1:]]
        sections.append(Section(_("别的站点自己的文书"), (_("站点"),), rows))
    asked = request.GET.get("where", "")
    if asked in dict(places[1:]):
        sections = [_kinds(asked, dict(places)[asked])]
    return Sheet(
        title=_("文书模板"),
        facts=(),
        lead=_("会写信就会改：改的是文字，电子版和打印版一起变；已经出具的文书不变。"),
        back=(_("设置"), reverse("manage:home")),
        sections=sections,
    ).show(request)


def _heads(offices: list[Station]) -> Section:
    heads = heads_of(offices)
    rows = [
        [link(one.name, "letterhead", one.code), heads[one.pk].name, heads[one.pk].word, heads[one.pk].phone]
        for one in offices
    ]
    columns = (_("站点"), _("文书上的名称"), _("文号代字"), _("电话"))
    return Section(_("文书抬头"), columns, rows, note=_("没有登记的，用站点登记的名称和电话。"))


def _kinds(where: str, name: str) -> Section:
    office = None if where == CITY else where
    found = templates_of(office)
    rows = [
        [
            link(kind.label, "paper", kind.code, where),
            kind.group,
            _whose(found.get(kind.code), office),
            _since(found.get(kind.code)),
        ]
        for kind in PAPER_KINDS
    ]
    return Section(name, (_("文书"), _("业务"), _("用的是"), _("从哪天起")), rows)


def _whose(found: PaperTemplate | None, office: str | None) -> str:
    if found is None or found.is_given:
        return _("系统自带")
    own = office is not None and found.office_id == office
    return (
        _("本站点第 %(n)d 版") % {"n": found.version} if own else _("全市第 %(n)d 版") % {"n": found.version}
    )


def _since(found: PaperTemplate | None) -> str:
    return when.moment(found.made_at) if found else "–"


@staff(Permission.PAPERS_EDIT)
@require_safe
def paper(request: HttpRequest, kind: str, where: str) -> HttpResponse:
    """One kind at one place: previews, what may stand in it, every version with its day."""
    chosen, office = _kind(kind), _office(request, where)
    found = template_of(kind, office.pk if office else None)
    own = found is not None and not found.is_given and found.office_id == (office.pk if office else None)
    actions_ = [action(_("改文字"), "paper_edit", kind, where, icon="edit")]
    actions_ += [
        action(
            _("看样张（%(form)s）") % {"form": form.label}, "paper_sample", kind, where, form, icon="printer"
        )
        for form in Format
    ]
    actions_.append(action(_("下载 Word 起始模板"), "paper_start", kind, icon="download"))
    if own:
        actions_.append(action(_("不用自己的，用上一级的"), "paper_end", kind, where, icon="arrow-back-up"))
    return Sheet(
        title=chosen.label,
        tags=[{"text": _whose(found, office.pk if office else None), "tone": ""}],
        facts=[
            (_("哪里用"), office.name if office else _("全市")),
            (_("文号"), chosen.series if chosen.numbered else ""),
            (_("Word 模板"), _word_file(found)),
        ],
        back=(_("文书模板"), reverse("manage:papers")),
        chain=f"paper-template:{kind}",
        actions=actions_,
        sections=[_fields(chosen), _versions(kind, office)],
    ).show(request)


def _word_file(found: PaperTemplate | None) -> str:
    has_own = found is not None and bytes(found.docx)
    return (found.docx_name or _("有")) if found and has_own else _("没有，按文字生成")


def _fields(kind: PaperKind) -> Section:
    rows = [
        [
            one.written,
            one.sample if isinstance(one.sample, str) else "、".join(one.sample),
            _("必须有") if one.must else _("一行一个") if one.is_list else "",
        ]
        for one in kind.all_fields
    ]
    return Section(_("可以用的字段"), (_("写法"), _("样例"), _("说明")), rows)


def _versions(kind: str, office: Station | None) -> Section:
    rows = [
        [
            one.office.name if one.office else _("全市"),
            one.version,
            when.moment(one.made_at),
            _("系统自带") if one.is_given else one.made_by,
            one.note or "–",
            _("停用") if one.ended_at else "",
        ]
        for one in versions_of(kind, office.pk if office else None)[:50]
    ]
    columns = (_("哪里"), _("#版本"), _("时间"), _("谁改的"), _("改了什么"), _("状态"))
    return Section(_("版本"), columns, rows, note=_("出具过的文书，永远按当时的版本打印。"))


class TemplateForm(forms.Form):
    """The words, a Word file besides, and what was changed."""

    body = WordsField(label=gettext_lazy("文字"), most=20_000, rows=24)
    docx = forms.FileField(
        label=gettext_lazy("自己的 Word 模板（可以不传）"),
        required=False,
        help_text=gettext_lazy("只管 Word 版；PDF 总是按上面的文字。文件最大 2 MB。"),
    )
    drop_docx = forms.BooleanField(label=gettext_lazy("不再用传过的 Word 模板"), required=False)
    note = WordsField(label=gettext_lazy("改了什么"), most=300, rows=2)

    def __init__(self, *args: Any, kind: PaperKind, where: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind, self.where, self.signs = kind, where, _SIGNS


@staff(Permission.PAPERS_EDIT)
def paper_edit(request: HttpRequest, kind: str, where: str) -> HttpResponse:
    chosen, office = _kind(kind), _office(request, where)
    if not can_edit(request.user, office.pk if office else None):
        raise Http404
    user: Any = request.user
    found = template_of(kind, office.pk if office else None)
    body = chosen.body if found is None or (found.is_given and found.body != chosen.body) else found.body
    if request.method == "POST" and "preview" in request.POST:
        return _preview(request, chosen, where)

    def act(data: dict[str, Any]) -> None:
        file = data["docx"]
        docx = file.read(actions.MOST_DOCX + 1) if file else (b"" if data["drop_docx"] else None)
        actions.write_template(
            by=user.actor, kind=kind, office=office, body=data["body"], note=data["note"],
            docx=docx, docx_name=file.name if file else "",
        )  # fmt: skip

    form = partial(TemplateForm, kind=chosen, where=where, initial={"body": body})
    back = (chosen.label, reverse("manage:paper", args=[kind, where]))
    return Ask(_("改%(label)s") % {"label": chosen.label}, form, act, back, extra="manage/_paper.html").show(
        request
    )


def _preview(request: HttpRequest, kind: PaperKind, where: str) -> HttpResponse:
    """What is typed, as it would look; nothing is kept."""
    body = request.POST.get("body", "")[:20_000]
    try:
        check(body, [one.name for one in kind.all_fields])
        return take_out(request, sample_of(kind, body, Format.PDF), kind.label, Format.PDF, is_personal=False)
    except Refused as refused:
        messages.error(request, said(refused))
        return redirect("manage:paper_edit", kind.code, where)


@staff(Permission.PAPERS_EDIT)
@require_safe
def paper_sample(request: HttpRequest, kind: str, where: str, form: str) -> HttpResponse:
    """The template that holds there, with sample values."""
    chosen, office = _kind(kind), _office(request, where)
    if form not in Format.values:
        raise Http404
    found = template_of(kind, office.pk if office else None)
    if found is None or found.is_given:
        content = sample_of(chosen, chosen.body, form)
    else:
        content = drawn(found, chosen.samples, form, title=chosen.label, mark="样张")
    return take_out(request, content, f"{chosen.label}样张", form, is_personal=False)


@staff(Permission.PAPERS_EDIT)
@require_safe
def paper_start(request: HttpRequest, kind: str) -> HttpResponse:
    """A Word file with the fields in it, to begin one's own from."""
    chosen = _kind(kind)
    lists = [one.name for one in chosen.all_fields if one.is_list]
    content = renderer.docx_start(as_data(read(chosen.body)), lists, title=chosen.label)
    return take_out(request, content, f"{chosen.label}模板", Format.DOCX, is_personal=False)


@staff(Permission.PAPERS_EDIT)
def paper_end(request: HttpRequest, kind: str, where: str) -> HttpResponse:
    chosen, office = _kind(kind), _office(request, where)
    user: Any = request.user

    def act(data: dict[str, Any]) -> None:
        actions.end_templates(by=user.actor, kind=kind, office=office, reason=data["reason"])

    back = (chosen.label, reverse("manage:paper", args=[kind, where]))
    lead = _("以后出具的用上一级的文字；已经出具的不变。")
    return Ask(_("不用自己的模板"), Why, act, back, _("停用"), lead=lead, is_danger=True).show(request)


class LetterheadForm(forms.Form):
    name = WordsField(label=gettext_lazy("文书上的名称"), most=100)
    word = forms.CharField(
        label=gettext_lazy("文号代字"),
        max_length=16,
        help_text=gettext_lazy("抚、新抚……写在“字第几号”前面。"),
    )
    address = WordsField(label=gettext_lazy("地址"), most=200, required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)


@staff(Permission.PAPERS_EDIT)
def letterhead(request: HttpRequest, code: str) -> HttpResponse:
    office = keeper(request, Permission.PAPERS_EDIT).station(code)
    user: Any = request.user
    head = head_of(office)
    initial = {"name": head.name, "word": head.word, "address": head.address, "phone": head.phone}

    def act(data: dict[str, Any]) -> None:
        actions.set_letterhead(by=user.actor, office=office, **data)

    back = (_("文书模板"), reverse("manage:papers"))
    title = _("%(name)s的文书抬头") % {"name": office.name}
    return Ask(title, partial(LetterheadForm, initial=initial), act, back).show(request)
