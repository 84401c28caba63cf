"""What people say texts are about, kept without names to learn from, and forgotten again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.journal.actions import write
from mingbai.knowledge.models import Label
from mingbai.knowledge.rules.masking import masked

LABELS_KEPT = timedelta(days=3 * 365)
"""Ways of speaking change; what is older teaches little."""
_MOST = 5_000


@transaction.atomic
def keep_label(
    *,
    by: Actor,
    text: str,
    field: str,
    label: str,
    proposed: str = "",
    names: Sequence[str] = (),
    at: datetime | None = None,
) -> Label:
    """Keep one confirmed or corrected label with its text. `names` are those of the people of the matter.

    Who confirmed it stands in the journal of the matter, not here: nothing leads back from the text.
    """
    return Label.objects.create(
        text=masked(text[:_MOST], names),
        field=field,
        proposed=proposed[:32],
        label=label[:32],
        at=at or timezone.now(),
    )


@transaction.atomic
def forget_labels(*, by: Actor, now: datetime) -> int:
    """Destroy what is kept for longer than its time; return how many rows."""
    gone, _rows = Label.objects.filter(at__lt=now - LABELS_KEPT).delete()
    if gone:
        write(chain="label", verb="label.forgotten", by=by, at=now, data={"rows": gone})
    return gone
