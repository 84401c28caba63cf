"""What a person asks of what is kept of them (PIPL Art. 45-47): a copy, a correction, erasure."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked, now_or
from mingbai.cases.actions.residents import erase
from mingbai.cases.models import Case, Resident
from mingbai.cases.queries import family_of, hashed
from mingbai.cases.queries.rights import held_by
from mingbai.cases.rules.rights import must_stay
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_id_number, clean_phone, clean_text
from mingbai.core.crypto import seal
from mingbai.core.refused import Refused
from mingbai.journal.actions import write


@transaction.atomic
def note_copy(*, resident: Resident, case: Case, by: Actor, at: datetime | None = None) -> None:
    """A copy of everything is about to be handed out: it stands in the matter's and the person's history."""
    at = now_or(at)
    _of_this_matter(resident, case)
    enter(case, "person_copied", by, at, resident=resident.pk)
    write(chain=f"resident:{resident.pk}", verb="resident.copied", by=by, at=at, place=case.station_id)


@transaction.atomic
def correct_person(
    *,
    resident: Resident,
    case: Case,
    by: Actor,
    name: str = "",
    phone: str = "",
    id_number: str = "",
    reason: str,
    at: datetime | None = None,
) -> Resident:
    """Put right what is wrong of a person; an empty value leaves what is there.

    The values before and after stand in the person's history, sealed under their own key. Raises Refused
    "nothing_changed", "erased", "unknown_resident", and those of the values' own checks.
    """
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
    _of_this_matter(resident, case)
    row = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if row.erased_at:
        raise Refused(_("这份档案的个人信息已经删除。"), code="erased")
    wanted = _clean(name, phone, id_number, timezone.localdate(at))
    before = {field: getattr(row, field) for field, value in wanted.items() if value != getattr(row, field)}
    if not before:
        raise Refused(_("没有要更正的内容。"), code="nothing_changed")
    after = {field: wanted[field] for field in before}
    _set(row, after)
    told = json.dumps({"before": before, "after": after}, ensure_ascii=False)
    write(
        chain=f"resident:{row.pk}",
        verb="resident.corrected",
        by=by,
        at=at,
        place=case.station_id,
        data={"fields": sorted(after), "why": reason},
        sealed=seal(bytes(row.key), told, what="resident.corrected"),
    )
    enter(locked(case), "person_corrected", by, at, resident=row.pk, fields=sorted(after), why=reason)
    return row


def _clean(name: str, phone: str, id_number: str, today: date) -> dict[str, str]:
    wanted = {
        "name": clean_text(name, most=64, field="name") if name.strip() else "",
        "phone": clean_phone(phone) if phone.strip() else "",
        "id_number": clean_id_number(id_number, today=today) if id_number.strip() else "",
    }
    return {field: value for field, value in wanted.items() if value}


def _set(row: Resident, values: dict[str, str]) -> None:
    """Each value with the hash by which it is found."""
    for field, value in values.items():
        setattr(row, field, value)
        if field == "id_number":
            row.id_hash = hashed("id_number", value)
        elif field == "phone":
            row.phone_hash = hashed("phone", value)
        else:
            row.name_hash = hashed("name", value)
    row.save()


@transaction.atomic
def erase_on_request(
    *, resident: Resident, case: Case, by: Actor, reason: str, at: datetime | None = None
) -> Resident:
    """Erase a person who asks for it, where no law keeps them.

    Raises Refused "must_be_kept" or "open_matters" with the legal answer for each matter that must stay (the
    answer is to be told: PIPL Art. 50), and those of `residents.erase`.
    """
    at = now_or(at)
    _of_this_matter(resident, case)
    staying = must_stay(held_by(resident), years=settings.CASES_KEPT_YEARS, now=at)
    if staying:
        told = " ".join(f"{one.number}：{one.why}" for one in staying)
        raise Refused(
            _("现在不能删除：%(why)s") % {"why": told},
            code=staying[0].code,
            do=_("请把理由告诉本人；不同意的，可以向网信部门投诉，或向法院起诉。"),
        )
    return erase(resident=resident, by=by, reason=reason, at=at)


def _of_this_matter(resident: Resident, case: Case) -> None:
    if resident.pk not in family_of(pk for pk in (case.speaker_id, case.party_id) if pk):
        raise Refused(_("这个人与本件无关。"), code="unknown_resident")
