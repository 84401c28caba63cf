"""What writes papers: issued with what they are for, void, forgotten; their templates and letterheads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import crypto
from mingbai.core.actor import SYSTEM, Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.papers import renderer
from mingbai.papers.enums import PaperState
from mingbai.papers.kinds import PAPER_KINDS, PaperKind, Value
from mingbai.papers.models import Letterhead, Paper, PaperSeries, PaperTemplate
from mingbai.papers.queries import content_of, head_of, template_of
from mingbai.papers.rules.markup import check, check_fields
from mingbai.papers.rules.numbers import day_text, number_text
from mingbai.places.models import Station

MOST_DOCX = 2 * 1024 * 1024


@transaction.atomic
def issue(
    *,
    by: Actor,
    kind: str,
    office: Station,
    about: str,
    event: str,
    fields: Mapping[str, Value],
    at: datetime | None = None,
) -> Paper:
    """A paper with the next number of its office, series and year; in the transaction of what it is for.
    `about`: the chain of its matter ("case:26…"). `event`: what it is for ("decision:17"): issued once, the
    same event again gives the same paper. `fields` by name; what the kind does not know is refused, what is
    not given is empty. A transaction that fails gives its number back: there is no gap.
    Raises Refused "unknown_field"; KeyError for a kind that nobody registered.
    """
    at, declared = at or timezone.now(), PAPER_KINDS.get(kind)
    _check_given(declared, fields)
    # Whoever wants a number of this series waits here; the second of one event then finds the first.
    series = _locked_series(office, declared.series, timezone.localdate(at).year)
    known = Paper.objects.issued().filter(kind=kind, event=event).first()
    if known:
        return known
    PaperSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    paper = Paper(
        kind=kind,
        office=office,
        series=declared.series,
        year=series.year,
        number=series.last + 1,
        about=about,
        event=event,
        template=_template(declared, office, at),
        issued_by=by.name,
        issued_at=at,
    )
    _fill(paper, by, fields)
    _enter(paper, by)
    transaction.on_commit(renderer.RENDERER.warm)
    return paper


def _fill(paper: Paper, by: Actor, fields: Mapping[str, Value]) -> None:
    head = head_of(paper.office)
    paper.text = number_text(paper.year, head.word, paper.series, paper.number)
    values = {
        "文号": paper.text,
        "机构": head.name,
        "机构地址": head.address,
        "机构电话": head.phone,
        "日期": day_text(timezone.localdate(paper.issued_at)),
        "经办人": by.name,
        **fields,
    }
    paper.fields = json.dumps(values, ensure_ascii=False)
    paper.save(force_insert=True)


def _enter(paper: Paper, by: Actor) -> None:
    # The digest is of the sealed bytes: it proves them unchanged and lets nobody guess what they say.
    digest = crypto.sm3(bytes(paper.fields_sealed))
    told = {**_told(paper), "version": paper.template.version, "digest": digest}
    write(chain=paper.about, verb="paper.issued", by=by, at=paper.issued_at, data=told)


def _told(paper: Paper) -> dict[str, Any]:
    label = PAPER_KINDS.get(paper.kind).label if paper.kind in PAPER_KINDS else paper.kind
    return {"paper": paper.pk, "kind": paper.kind, "label": label, "number": paper.text}


def _check_given(kind: PaperKind, fields: Mapping[str, Value]) -> None:
    check_fields(fields, [one.name for one in kind.all_fields], (), field="fields")


def _locked_series(office: Station, series: str, year: int) -> PaperSeries:
    row = PaperSeries(office=office, series=series, year=year)
    PaperSeries.objects.bulk_create([row], ignore_conflicts=True)
    return PaperSeries.objects.select_for_update(of=("self",)).get(office=office, series=series, year=year)


def _template(kind: PaperKind, office: Station, at: datetime) -> PaperTemplate:
    """What holds; the words the house brings become a version when first used, or when changed."""
    found = template_of(kind.code, office.pk)
    if found is not None and (not found.is_given or found.body == kind.body):
        return found
    return _written(kind.code, None, kind.body, by=SYSTEM, at=at, is_given=True)


def _written(
    kind: str,
    office: Station | None,
    body: str,
    *,
    by: Actor,
    at: datetime,
    docx: bytes = b"",
    docx_name: str = "",
    is_given: bool = False,
    note: str = "",
) -> PaperTemplate:
    same = PaperTemplate.objects.filter(kind=kind, office=office)
    version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    row = PaperTemplate(
        kind=kind, office=office, version=version, body=body, docx=docx, docx_name=docx_name,
        is_given=is_given, note=note, made_by=by.name, made_at=at,
    )  # fmt: skip
    # Two at one moment: the second is ignored here, without breaking its transaction, and told below.
    PaperTemplate.objects.bulk_create([row], ignore_conflicts=True)
    row = same.get(version=version)
    if row.body != body or bytes(row.docx) != docx:
        raise Refused(_("别人刚刚改了这份模板，请重新打开再改。"), code="changed_meanwhile")
    data = {"version": version, "office": office.pk if office else None, "docx": docx_name, "note": note}
    data["digest"] = crypto.sm3(body.encode() + docx)
    write(chain=row.chain, verb="paper.template", by=by, at=at, data=data)
    return row


@transaction.atomic
def void(*, by: Actor, paper: Paper, reason: str, at: datetime | None = None) -> Paper:
    """作废: the number stays with the paper and is never given again; another may then be issued.

    Raises Refused "void_already", "empty_text".
    """
    at, reason = at or timezone.now(), clean_text(reason, most=300, field="reason")
    held = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if held.state == PaperState.VOID:
        raise Refused(_("这份文书已经作废。"), code="void_already")
    held.state, held.voided_by, held.voided_at = PaperState.VOID, by.name, at
    held.void_why = reason
    held.save(update_fields=["state", "voided_by", "voided_at", "void_why_sealed"])
    write(chain=held.about, verb="paper.voided", by=by, at=at, data=_told(held))
    return held


def open_paper(*, by: Actor, paper: Paper, form: str, at: datetime | None = None) -> bytes:
    """The paper as a file, for somebody who may see it: that they looked is in the journal.

    Raises Refused "erased", "not_drawn".
    """
    if paper.is_erased:
        raise Refused(_("这份文书的内容已经按规定删除。"), code="erased")
    content = content_of(paper, form)
    with transaction.atomic():
        data = {**_told(paper), "form": form}
        write(chain=paper.about, verb="paper.opened", by=by, at=at or timezone.now(), data=data)
    return content


def forget(*, by: Actor, about: str) -> int:
    """The matter is erased: its papers keep their numbers and lose their content."""
    return Paper.objects.filter(about=about).update(key=b"", fields_sealed=b"", void_why_sealed=b"")


# ── how papers read ──


def write_template(
    *,
    by: Actor,
    kind: str,
    office: Station | None,
    body: str,
    note: str,
    docx: bytes | None = None,
    docx_name: str = "",
    at: datetime | None = None,
) -> PaperTemplate:
    """A new version for the office, or for the whole city; papers issued before keep theirs.

    `docx`: a Word file for the DOCX; None keeps the one there is, b"" takes it away. Raises Refused
    "unknown_field" (naming line and nearest), "missing_field", "bad_braces", "no_title", "too_long",
    "file_too_large", and those of `renderer.fields_in`.
    """
    declared, pk = PAPER_KINDS.get(kind), office.pk if office else None
    body = clean_text(body, most=20_000, field="body")
    note = clean_text(note, most=300, field="note")
    _check_words(declared, body, docx)  # draws, for seconds: before the transaction that all others wait for
    at = at or timezone.now()
    with transaction.atomic():
        if docx is None:
            standing = template_of(kind, pk)
            if standing is not None and standing.office_id == pk:
                docx, docx_name = bytes(standing.docx), standing.docx_name
        name = docx_name[:120] if docx else ""
        return _written(kind, office, body, by=by, at=at, note=note, docx=docx or b"", docx_name=name)


def _check_words(kind: PaperKind, body: str, docx: bytes | None) -> None:
    names = [one.name for one in kind.all_fields]
    must = [one.name for one in kind.all_fields if one.must]
    check(body, names, must)
    if docx and len(docx) > MOST_DOCX:
        raise Refused(_("文件最大 2 MB。"), code="file_too_large", field="docx")
    if docx:
        check_fields(renderer.fields_in(docx), names, must, field="docx")


@transaction.atomic
def end_templates(
    *, by: Actor, kind: str, office: Station | None, reason: str, at: datetime | None = None
) -> int:
    """Back to the city's words, or to those the house brought: what this office wrote is no longer taken."""
    at, reason = at or timezone.now(), clean_text(reason, most=300, field="reason")
    own = PaperTemplate.objects.filter(kind=kind, office=office, is_given=False, ended_at=None)
    count = own.update(ended_at=at)
    if not count:
        raise Refused(_("没有自己的模板，用的就是上一级的。"), code="nothing_to_end")
    data = {"office": office.pk if office else None, "why": reason}
    write(chain=f"paper-template:{kind}", verb="paper.template_ended", by=by, at=at, data=data)
    return count


@transaction.atomic
def set_letterhead(
    *,
    by: Actor,
    office: Station,
    name: str,
    word: str,
    address: str = "",
    phone: str = "",
    at: datetime | None = None,
) -> Letterhead:
    """How the office stands on papers from now on; numbers go on counting under the new word."""
    values = {
        "name": clean_text(name, most=100, field="name"),
        "word": clean_text(word, most=16, field="word"),
        "address": address.strip()[:200],
        "phone": phone.strip()[:32],
    }
    head, _new = Letterhead.objects.update_or_create(office=office, defaults=values)
    write(chain=head.chain, verb="letterhead.set", by=by, at=at or timezone.now(), data=values)
    return head
