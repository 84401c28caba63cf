"""What the templates say: changed by hand, with the fields that their files know."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.notices.enums import Urgency
from mingbai.notices.models import Wording
from mingbai.notices.queries import templates
from mingbai.notices.rules import checked_words


@transaction.atomic
def set_wording(*, by: Actor, template: str, subject: str, body: str, urgency: str = "") -> Wording:
    """Say it in other words. Raises Refused: "unknown_template", "bad_choice", those of `checked_words`."""
    known = templates().get(template)
    if known is None:
        raise Refused(_("没有这个通知模板。"), code="unknown_template")
    if urgency and urgency not in Urgency.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="urgency")
    subject, body = checked_words(subject, body, known)
    words = {"subject": subject, "body": body, "urgency": urgency, "changed_at": timezone.now()}
    wording, _is_new = Wording.objects.update_or_create(template=template, defaults=words)
    write(
        chain=f"wording:{template}"[:48], verb="wording.set", by=by, data={"subject": subject, "body": body}
    )
    return wording


@transaction.atomic
def reset_wording(*, by: Actor, template: str) -> bool:
    """Back to what the file says; False when nothing was changed."""
    gone, _rows = Wording.objects.filter(template=template).delete()
    if gone:
        write(chain=f"wording:{template}"[:48], verb="wording.reset", by=by)
    return bool(gone)
