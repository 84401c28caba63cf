"""The people of matters: linked, merged and un-merged by a person's decision, looked at, erased."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked, now_or, refuse_held
from mingbai.cases.filestore import delete_stored
from mingbai.cases.kinds import ERASERS, line_work
from mingbai.cases.models import Attachment, Case, Rating, Resident
from mingbai.cases.queries import canonical, family_of
from mingbai.cases.queries.rights import subject_of
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.holdings import destroy_all
from mingbai.core.refused import Refused
from mingbai.filings import actions as filings
from mingbai.journal.actions import write
from mingbai.notices.actions import forget
from mingbai.papers import actions as papers

_AS = ("speaker", "party")
_FIELDS = ("name", "phone", "id_number")


@transaction.atomic
def link(
    *, case: Case, by: Actor, resident: Resident, as_: str = "speaker", at: datetime | None = None
) -> Case:
    """This matter's speaker or party is a person known from before.

    A row that came with this matter alone is merged into the known one, so that un-merging is exact and the
    phone given this time still opens the follow page; otherwise the matter points to the known row.
    """
    at, case = now_or(at), locked(case)
    if as_ not in _AS:
        raise Refused(_("请选择来访(来电)人或当事人。"), code="bad_choice", field="as_")
    row: Resident | None = getattr(case, as_)
    if row is not None and row.pk != resident.pk and not _shared(row, case):
        merge_residents(
            resident=row, by=by, into=resident, reason=_("办件 %(n)s 关联") % {"n": case.number}, at=at
        )
    else:
        setattr(case, as_, resident)
        case.save(update_fields=[as_])
    enter(case, "linked", by, at, role=as_, **{"from": row.pk if row else None, "to": resident.pk})
    return case


def _shared(row: Resident, case: Case) -> bool:
    others = Case.objects.filter(Q(speaker=row) | Q(party=row)).exclude(pk=case.pk)
    return bool(others.exists())


@transaction.atomic
def merge_residents(
    *, resident: Resident, by: Actor, into: Resident, reason: str, at: datetime | None = None
) -> Resident:
    """Two rows are one person. Matters keep pointing to the row they came with.

    Raises Refused "same_person", "erased".
    """
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    rows = (
        Resident.objects.select_for_update(of=("self",)).filter(pk__in=[resident.pk, into.pk]).order_by("pk")
    )
    by_pk = {row.pk: row for row in rows}
    root, target = canonical(by_pk[resident.pk]), canonical(by_pk[into.pk])
    if root.pk == target.pk:
        raise Refused(_("已经是同一个人的档案。"), code="same_person")
    if root.erased_at or target.erased_at:
        raise Refused(_("这份档案的个人信息已经删除。"), code="erased")
    root.merged_into = target
    root.save(update_fields=["merged_into"])
    _note(root, "merged", by, at, into=target.pk, why=reason)
    _note(target, "absorbed", by, at, row=root.pk, why=reason)
    return root


@transaction.atomic
def unmerge_resident(*, resident: Resident, by: Actor, reason: str, at: datetime | None = None) -> Resident:
    """They were two people after all; each has the matters that came with their own row."""
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    row = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if row.merged_into is None:
        raise Refused(_("这份档案没有合并过。"), code="not_merged")
    before = row.merged_into
    row.merged_into = None
    row.save(update_fields=["merged_into"])
    _note(row, "unmerged", by, at, why=reason, **{"from": before.pk})
    _note(before, "released", by, at, row=row.pk, why=reason)
    return row


def _note(resident: Resident, verb: str, by: Actor, at: datetime, **data: object) -> None:
    write(chain=f"resident:{resident.pk}", verb=f"resident.{verb}", by=by, at=at, data=data)


@transaction.atomic
def show_person(
    *,
    resident: Resident,
    case: Case,
    by: Actor,
    fields: Sequence[str],
    reason: str = "",
    at: datetime | None = None,
) -> dict[str, str]:
    """The personal values in clear, and the look itself in the matter's history: who, which fields, why."""
    at = now_or(at)
    wanted = [name for name in _FIELDS if name in fields]
    if not wanted:
        raise Refused(_("请选择要查看的内容。"), code="bad_choice", field="fields")
    if resident.pk not in family_of(pk for pk in (case.speaker_id, case.party_id) if pk):
        raise Refused(_("这个人与本件无关。"), code="unknown_resident")
    reason = clean_text(reason, most=200, field="reason") if reason.strip() else ""
    enter(case, "person_shown", by, at, resident=resident.pk, fields=wanted, why=reason)
    return {name: getattr(resident, name) for name in wanted}


@transaction.atomic
def erase(*, resident: Resident, by: Actor, reason: str, at: datetime | None = None) -> Resident:
    """Erase a person (PIPL Art. 47): the keys are destroyed, the hashes emptied, the proof stays.

    All rows merged with this one, their matters' texts, files and notices go with them. Raises Refused
    "open_matters" while a matter is still in work: it cannot be worked without its content.
    """
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    ids = sorted(family_of([resident.pk]))
    rows = list(Resident.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    theirs = Case.objects.filter(Q(speaker__in=ids) | Q(party__in=ids))
    cases = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    if any(case.is_open for case in cases):
        raise Refused(_("还有没办结的事项，办结或撤回后才能删除。"), code="open_matters")
    for case in cases:
        refuse_held(case)
    subject = subject_of(resident)
    for case in cases:
        erase_matter(case=case, by=by, at=at, reason=reason)
    counts = destroy_all(subject)
    for row in rows:
        erase_row(row=row, by=by, at=at, reason=reason)
    if counts:
        _note(rows[0], "destroyed", by, at, rows=counts)
    return next(row for row in rows if row.pk == resident.pk)


def erase_row(*, row: Resident, by: Actor, at: datetime, reason: str) -> None:
    row.key = row.name_sealed = row.phone_sealed = row.id_number_sealed = b""
    row.name_hash = row.phone_hash = row.id_hash = ""
    row.erased_at = at
    row.save()
    forget(by=by, to=f"resident:{row.pk}")
    _note(row, "erased", by, at, why=reason)


def erase_matter(*, case: Case, by: Actor, at: datetime, reason: str, verb: str = "erased") -> None:
    """Everything that the matter's key opens: text, place, messages, rating, files."""
    case.key = case.text_sealed = case.summary_sealed = case.place_text_sealed = case.follow_code_sealed = b""
    case.save(
        update_fields=[
            "key",
            "text_sealed",
            "summary_sealed",
            "place_text_sealed",
            "follow_code_sealed",
        ]
    )
    case.messages.update(text_sealed=b"")
    Rating.objects.filter(case=case).update(text_sealed=b"")
    case.attachments.update(name_sealed=b"")
    # A plain digest of a short text can be guessed back.
    case.submissions.update(body_hash="")
    papers.forget(by=by, about=case.chain)
    filings.forget(by=by, about=case.chain)
    _drop_files_after_commit(case)
    line_work(case.kind).on_erase(case=case, by=by)
    for erase in ERASERS:
        erase(case=case, by=by)
    enter(case, verb, by, at, why=reason)


def _drop_files_after_commit(case: Case) -> None:
    for path in Attachment.objects.filter(case=case).values_list("path", flat=True):
        transaction.on_commit(partial(delete_stored, path))
