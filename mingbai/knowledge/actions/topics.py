"""What other systems call our topics: the mapping of their lists, kept by who keeps the city's words."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions._allowed import require
from mingbai.knowledge.enums import Topic
from mingbai.knowledge.models import TopicCode
from mingbai.knowledge.perms import can_edit_words

MOST_SYSTEMS = 20
_LONGEST = {"system": 32, "code": 64, "name": 120}


@transaction.atomic
def set_topic_codes(*, by: Actor, topic: str, codes: Mapping[str, tuple[str, str]]) -> None:
    """Replace the external codes of a topic: system → (code, name). Nothing is entered where nothing changes.

    Raises Refused "bad_choice", "bad_codes", "not_allowed".
    """
    require(by, can_edit_words)
    if topic not in Topic.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="topic")
    for system, (code, name) in codes.items():
        _check(system=system, code=code, name=name)
    if len(codes) > MOST_SYSTEMS:
        raise Refused(_("最多 %(most)d 个系统。") % {"most": MOST_SYSTEMS}, code="bad_codes", field="codes")
    rows = TopicCode.objects.select_for_update(of=("self",)).filter(topic=topic)
    before = {row.system: [row.code, row.name] for row in rows}
    after = {system: list(told) for system, told in codes.items()}
    if before == after:
        return
    rows.delete()
    TopicCode.objects.bulk_create(
        TopicCode(topic=topic, system=system, code=code, name=name) for system, (code, name) in codes.items()
    )
    write(chain=f"topic:{topic}", verb="topic.coded", by=by, data={"before": before, "after": after})


def _check(**told: str) -> None:
    for field, value in told.items():
        if len(value) > _LONGEST[field] or (field != "name" and not value):
            raise Refused(
                _("每行写“系统 代码 名称”：系统最多 32 个字，代码最多 64 个字，名称最多 120 个字。"),
                code="bad_codes",
                field="codes",
            )
