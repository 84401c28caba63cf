"""The file of one mediation as it stands: which parts are there, which are owed."""

from collections import Counter
from collections.abc import Iterable

from mingbai.cases.models import Case
from mingbai.mediation.enums import Confirmation, Outcome, SessionState, TermState
from mingbai.mediation.models import Agreement, FollowUp, Mediation, Sitting, Term
from mingbai.mediation.papers import PART_OF
from mingbai.mediation.queries.matters import parties_of
from mingbai.mediation.rules.file import Filed, index_of, wanted_parts
from mingbai.papers.models import Paper

NAMED = {
    "identity": ("身份证", "身份证明", "营业执照"),
    "mandate": ("委托书",),
    "enquiry": ("调查", "走访"),
    "evidence": ("材料", "证据", "照片", "合同", "欠条"),
    "performance": ("履行", "收条", "收据", "转账"),
    "confirmation": ("裁定", "司法确认"),
}
"""Words in the name of a handed-in paper that say which part it is."""


_WITH_THE_COURT = frozenset({Confirmation.FILED, Confirmation.CONFIRMED, Confirmation.REJECTED})


def part_of(name: str) -> str:
    """The part that a handed-in paper belongs to; what nothing says is evidence."""
    return next((code for code, words in NAMED.items() if any(word in name for word in words)), "evidence")


def file_of(case: Case) -> list[Filed]:
    """Eight queries. A part is there when its paper was issued, or was handed in under a fitting name."""
    row = Mediation.objects.get(case=case)
    parties = parties_of(case)
    agreements = list(Agreement.objects.filter(case=case, effective_at__isnull=False))
    held = Sitting.objects.filter(case=case, state=SessionState.HELD).count()
    visits = FollowUp.objects.filter(case=case).count()
    done = Term.objects.filter(agreement__in=agreements, state=TermState.DONE).exists()
    issued = Counter(Paper.objects.issued().filter(about=case.chain).values_list("kind", flat=True))
    there = {PART_OF[kind] for kind in issued if kind in PART_OF} | set(_handed_in(case))
    if parties and all(party.code for party in parties):
        there.add("identity")
    # One record for each meeting and visit, or the part is not whole.
    for part, kind, count in (("minutes", "med_minutes", held), ("visit", "med_visit", visits)):
        if issued[kind] < count:
            there.discard(part)
    wanted = wanted_parts(
        agreed=row.outcome == Outcome.AGREED,
        held=bool(held),
        agents=any(party.agent for party in parties),
        terms_done=done,
        visited=bool(visits),
        confirmed=any(one.confirmation in _WITH_THE_COURT for one in agreements),
    )
    return index_of(there, wanted)


def _handed_in(case: Case) -> Iterable[str]:
    for attachment in case.attachments.select_related("paper"):
        attachment.case = case
        yield part_of(attachment.paper.name if attachment.paper else attachment.name)
