"""服务记录证明: the paper that everybody prints of their own work, free."""

from datetime import date

from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import day as day_words
from mingbai.papers.actions import issue
from mingbai.papers.kinds import Field, PaperKind
from mingbai.papers.models import Paper
from mingbai.papers.rules.numbers import day_text
from mingbai.people.models import User, Worker
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Piece
from mingbai.web.pay.rows import work_of

KIND = "service_proof"
MOST = 1000
"""So many lines a paper can hold."""
_BODY = """# 服务记录证明
^ {{文号}}
{{姓名}}（编号 {{人员编号}}，{{岗位}}），自{{起}}至{{止}}参加公共法律服务，记录如下：
| {{日期列}} | {{工作列}} |
以上共 {{次数}} 项。
特此证明。
> {{机构}}（盖章）
> {{日期}}
"""


def may_see(user: User, about: str) -> bool:
    """The person themselves."""
    worker: Worker | None = getattr(user, "worker", None)
    return worker is not None and about == f"worker:{worker.code}"


def proof_kind() -> PaperKind:
    return PaperKind(
        code=KIND,
        label="服务记录证明",
        series="服证",
        body=_BODY,
        fields=(
            Field("姓名", "东方明", must=True),
            Field("人员编号", "21040200012"),
            Field("岗位", "律师"),
            Field("起", "2026年1月1日"),
            Field("止", "2026年11月30日"),
            Field("日期列", ("3月5日 周四", "4月9日 周四")),
            Field("工作列", ("公共法律服务日（天）", "法律援助办案（件） 一审")),
            Field("次数", "2", must=True),
        ),
        may_see=may_see,
        is_public=False,
        group="人员",
    )


def issue_proof(*, by: Actor, worker: Worker, first: date, last: date, event: str) -> Paper | None:
    """What is recorded of the person from one day to another; None where there is nothing, or no station.

    Raises Refused "too_many" where one paper would not hold all of it: none says less than there is.
    """
    done = Piece.objects.filter(worker=worker, done_on__range=(first, last), corrects=None)
    done = done.exclude(state=PieceState.DROPPED)
    rows = list(done.order_by("done_on", "pk")[: MOST + 1])
    if len(rows) > MOST:
        text = _("记录超过 %(most)d 项，一份证明写不下，请分段打印。") % {"most": MOST}
        raise Refused(text, code="too_many", field="last")
    if not rows or worker.station is None:
        return None
    fields = {
        "姓名": worker.name,
        "人员编号": worker.code,
        "岗位": str(worker.get_post_display()),
        "起": day_text(first),
        "止": day_text(last),
        "日期列": [day_words(one.done_on, today=last) for one in rows if one.done_on],
        "工作列": [work_of(one) for one in rows],
        "次数": str(len(rows)),
    }
    return issue(
        by=by, kind=KIND, office=worker.station, about=f"worker:{worker.code}", event=event, fields=fields
    )
