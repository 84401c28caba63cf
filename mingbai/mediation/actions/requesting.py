"""A mediation is asked for: by a party, by the committee, by whoever sends it on; who is in the dispute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.enums import Channel
from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.actions._passes import end_passes
from mingbai.mediation.actions._record import enter, held, now_or, party_in, refuse_ended, row_of, today
from mingbai.mediation.enums import REFERRED, Consent, Dispute, Grade, How, Side, Source
from mingbai.mediation.models import Committee, Mediation, Party, Signature
from mingbai.mediation.queries import parties_of
from mingbai.mediation.rules.parties import MOST_PARTIES, PartyTerms, checked


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of a dispute; "" where nothing is said yet."""

    source: str = Source.REQUEST
    organ: str = ""
    organ_number: str = ""
    dispute: str = ""
    grade: str = Grade.ORDINARY
    wants_doorstep: bool = False
    committee: int | None = None


@transaction.atomic
def request(
    *,
    by: Actor,
    intake: Intake,
    statement: Statement,
    parties: Sequence[PartyTerms] = (),
    guardian: str = "",
) -> Opened:
    """Open the matter with what is known of the dispute: one transaction, one number.

    The speaker (or the party they speak for) is the asking side, `guardian` speaks for them under age. The
    same submission again gives the same matter and changes nothing. Raises Refused: those of `open_case`,
    `state` and `rules.parties.checked`.
    """
    opened = open_case(by=by, intake=intake)
    if opened.is_new:
        case = opened.case
        state(case=case, by=by, statement=statement, guardian=guardian)
        for party in parties:
            add_party(case=case, by=by, party=party)
        case.refresh_from_db()
    return opened


@transaction.atomic
def state(
    *, case: Case, by: Actor, statement: Statement, guardian: str = "", at: datetime | None = None
) -> Mediation:
    """Keep what is stated (again: corrected). Whoever asks is the asking side, and agrees by asking.

    Raises Refused "bad_choice", "needs_organ" where nobody is named who sent it, "unknown_committee", and
    "needs_guardian" where somebody under eighteen asks alone.
    """
    at, case = now_or(at), held(case)
    refuse_ended(case)
    _check(statement)
    row = row_of(case)
    row.source, row.dispute, row.grade = statement.source, statement.dispute, statement.grade
    row.organ = _optional(statement.organ, 100, "organ")
    row.organ_number = _optional(statement.organ_number, 64, "organ_number")
    row.wants_doorstep = statement.wants_doorstep
    if row.file_seq is None:  # a file keeps its number, and the number is of its committee
        row.committee = _committee(statement.committee)
    row.save()
    enter(case, "med.stated", by, at, source=row.source, dispute=row.dispute, grade=row.grade)
    asked = None if parties_of(case) else _asking(case, by, at, guardian)
    if asked is not None and row.source == Source.REQUEST:
        _agrees_by_asking(asked, at)
    return row


def _check(statement: Statement) -> None:
    for name, value, allowed in (
        ("source", statement.source, Source.values),
        ("dispute", statement.dispute, ["", *Dispute.values]),
        ("grade", statement.grade, Grade.values),
    ):
        if value not in allowed:
            raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field=name)
    if statement.source in REFERRED and not statement.organ.strip():
        raise Refused(_("请写明是哪个单位移交的。"), code="needs_organ", field="organ")


def _committee(pk: int | None) -> Committee | None:
    if pk is None:
        return None
    found = Committee.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        raise Refused(_("没有这个调委会，请重新选择。"), code="unknown_committee", field="committee")
    return found


def _optional(text: str, most: int, name: str) -> str:
    return clean_text(text, most=most, field=name) if text.strip() else ""


def _asking(case: Case, by: Actor, at: datetime, guardian: str) -> Party | None:
    """Nobody is typed twice: who the matter is about is the first party."""
    person = case.party or case.speaker
    if person is None or not person.name:
        return None
    terms = PartyTerms(Side.ASKING, person.name, code=person.id_number, phone=person.phone, guardian=guardian)
    party = Party(case=case, added_at=at)
    _fill(party, checked(terms, today=today(at)))
    party.save(force_insert=True)
    enter(case, "med.party_added", by, at, party=party.pk, side=party.side)
    return party


_HOW: Mapping[str, How] = {
    Channel.WEB: How.ONLINE,
    Channel.WECHAT: How.ONLINE,
    Channel.KIOSK: How.ONLINE,
    Channel.HOTLINE: How.PHONE,
}


def _agrees_by_asking(party: Party, at: datetime) -> None:
    """Who asked, and nobody else: of the others somebody has to ask whether they agree (Art. 17)."""
    party.consent, party.consent_at = Consent.AGREES, at
    party.consent_how = _HOW.get(party.case.channel, How.PRESENT)
    party.save()


@transaction.atomic
def add_party(*, case: Case, by: Actor, party: PartyTerms, at: datetime | None = None) -> Party:
    """One more in the dispute, of any number up to 60.

    Raises Refused "party_twice", "too_many", "wrong_stage", and those of `rules.parties.checked`.
    """
    at, case = now_or(at), held(case)
    refuse_ended(case)
    clean = checked(party, today=today(at))
    known = parties_of(case)
    if len(known) >= MOST_PARTIES:
        raise Refused(_("当事人太多，请另开一件。"), code="too_many", field="name")
    _refuse_twice(clean, known)
    row = Party(case=case, added_at=at)
    _fill(row, clean)
    row.save(force_insert=True)
    enter(case, "med.party_added", by, at, party=row.pk, side=row.side)
    return row


def _refuse_twice(clean: PartyTerms, known: Sequence[Party], own: int | None = None) -> None:
    """The same name, or the same number, is the same party: nobody stands on both sides."""
    for party in known:
        same = party.code == clean.code if party.code and clean.code else party.name == clean.name
        if party.pk != own and same:
            raise Refused(_("%(name)s已经登记过。") % {"name": clean.name}, code="party_twice", field="name")


def _fill(row: Party, clean: PartyTerms) -> None:
    row.side, row.kind, row.name_hash = clean.side, clean.kind, hashed("name", clean.name)
    row.name, row.code, row.phone = clean.name, clean.code, clean.phone
    row.address, row.guardian, row.agent = clean.address, clean.guardian, clean.agent


@transaction.atomic
def change_party(
    *, case: Case, by: Actor, party: int, terms: PartyTerms, at: datetime | None = None
) -> Party:
    """What was put down is corrected. Raises Refused "signed_already" once somebody has signed."""
    at, case = now_or(at), held(case)
    refuse_ended(case)
    _refuse_signed(case)
    row = party_in(case, party)
    clean = checked(terms, today=today(at))
    _refuse_twice(clean, parties_of(case), own=row.pk)
    if (row.phone, row.name) != (clean.phone, clean.name):
        end_passes(row, at)
    _fill(row, clean)
    row.save()
    enter(case, "med.party_changed", by, at, party=row.pk)
    return row


@transaction.atomic
def drop_party(*, case: Case, by: Actor, party: int, reason: str, at: datetime | None = None) -> Party:
    """Somebody is not a party after all; the row stays, with who said so. Raises Refused "signed_already"."""
    at, case = now_or(at), held(case)
    refuse_ended(case)
    _refuse_signed(case)
    row = party_in(case, party)
    row.left_at, row.why = at, clean_text(reason, most=500, field="reason")
    row.save()
    end_passes(row, at)
    enter(case, "med.party_left", by, at, party=row.pk)
    return row


def _refuse_signed(case: Case) -> None:
    signed = Signature.objects.filter(agreement__case=case, agreement__state="draft")
    if signed.exists():
        raise Refused(
            _("协议上已经有人签字，当事人不能再改。"),
            code="signed_already",
            do=_("要改，先点“协议没有签成”，重新写一份。"),
        )


@transaction.atomic
def show_parties(*, case: Case, by: Actor, reason: str, at: datetime | None = None) -> Case:
    """Names, numbers and addresses are about to be shown: who looked, and why, stands in the history."""
    at, case = now_or(at), held(case)
    enter(case, "med.parties_shown", by, at, why=clean_text(reason, most=200, field="reason"))
    return case
