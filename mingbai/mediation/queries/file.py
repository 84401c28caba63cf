"""The file of one mediation as it stands: which parts are there, which are owed."""

from collections.abc import Iterable

from mingbai.cases.models import Case
from mingbai.mediation.enums import Confirmation, Outcome, SessionState, TermState
from mingbai.mediation.models import Agreement, FollowUp, Mediation, Sitting, Term
from mingbai.mediation.queries.matters import parties_of
from mingbai.mediation.rules.file import Filed, index_of, wanted_parts

NAMED = {
    "identity": ("身份证", "身份证明", "营业执照"),
    "mandate": ("委托书",),
    "enquiry": ("调查", "走访"),
    "evidence": ("材料", "证据", "照片", "合同", "欠条"),
    "performance": ("履行", "收条", "收据", "转账"),
    "confirmation": ("裁定", "司法确认"),
}
"""Words in the name of a handed-in paper that say which part it is."""


def part_of(name: str) -> str:
    """The part that a handed-in paper belongs to; what nothing says is evidence."""
    return next((code for code, words in NAMED.items() if any(word in name for word in words)), "evidence")


def file_of(case: Case) -> list[Filed]:
    """Seven queries. The parts that are there by rows, and by the names of handed-in papers."""
    row = Mediation.objects.get(case=case)
    parties = parties_of(case)
    agreements = list(Agreement.objects.filter(case=case, effective_at__isnull=False))
    held = Sitting.objects.filter(case=case, state=SessionState.HELD).exists()
    done = Term.objects.filter(agreement__in=agreements, state=TermState.DONE).exists()
    visited = FollowUp.objects.filter(case=case).exists()
    confirmed = any(one.confirmation in (Confirmation.FILED, Confirmation.CONFIRMED) for one in agreements)
    there = {"request", *_handed_in(case)}
    facts = {
        "rights": bool(parties)
        and all(party.told_rights_at for party in parties if party.consent == "agrees"),
        "identity": bool(parties) and all(party.code for party in parties),
        "minutes": held,
        "agreement": bool(agreements),
        "visit": visited,
        "confirmation": confirmed,
    }
    there |= {code for code, holds in facts.items() if holds}
    wanted = wanted_parts(
        agreed=row.outcome == Outcome.AGREED,
        held=held,
        agents=any(party.agent for party in parties),
        terms_done=done,
        visited=visited,
        confirmed=confirmed,
    )
    return index_of(there, wanted)


def _handed_in(case: Case) -> Iterable[str]:
    for attachment in case.attachments.select_related("paper"):
        attachment.case = case
        yield part_of(attachment.paper.name if attachment.paper else attachment.name)
