"""The registry of kinds (line × mode): what a kind of matter is and asks for; what a line's app adds.

A line's app hangs its stages in with LINE_WORK, and `on_open`, which writes the line's own row in the same
transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Mode, State
from mingbai.cases.rules.states import may
from mingbai.core.actor import Actor
from mingbai.core.registry import Registry
from mingbai.places.enums import Line

if TYPE_CHECKING:
    from mingbai.cases.models import Case

Text = str | Promise


def is_pending(case: "Case") -> bool:
    """True while the formal acceptance of a kind that needs one is still owed."""
    return case.accepted_at is None and KINDS.get(case.kind).is_formal


def may_do(case: "Case", verb: str) -> bool:
    """True where the state, and the line's stage, let this verb of the trunk happen now."""
    stage = stage_of(case.kind, case.stage)
    if stage is not None and verb in stage.closed_to:
        return False
    return may(case.state, verb, pending=is_pending(case))


def nothing(*, case: "Case", by: Actor) -> None:
    """A kind without a table of its own."""


@dataclass(frozen=True)
class Kind:
    """`line` is "" where any station takes it. `papers` are told once; `office` says who decides."""

    code: str
    label: Text
    button: Text
    plain: Text
    line: str
    mode: Mode
    papers: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()
    office: Text = ""
    ends: tuple[Text, ...] = ()
    is_duty: bool = False
    """True where the law makes it our duty to process the data: no consent is asked (PIPL Art. 13 no. 3)."""
    is_formal: bool = False
    """True where acceptance (受理) is a decision of its own and starts the legal period."""


KINDS: Registry[Kind] = Registry("kinds")


class Eraser(Protocol):
    """Destroys what an edge keeps of a matter: letters, calls, what was sent about it."""

    def __call__(self, *, case: "Case", by: Actor) -> None: ...


ERASERS: Registry[Eraser] = Registry("erasers")


@dataclass(frozen=True)
class Stage:
    """A line's own step (环节), which stands for exactly one state.

    `closed_to`: verbs of the trunk not done there: the line does them itself, or they undo what it decided.
    """

    label: Text
    state: State
    closed_to: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LineWork:
    """What a line's app adds to its kind.

    `stages` in their order: of those with one state, the first is where the trunk's own verbs lead. `words`:
    the line's verbs in the matter's history (`aid.granted`), `public` those that the resident reads too.
    `on_erase` empties what the matter's key does not cover.
    """

    stages: Mapping[str, Stage] = field(default_factory=dict)
    on_open: Callable[..., None] = nothing
    on_erase: Callable[..., None] = nothing
    words: Mapping[str, Text] = field(default_factory=dict)
    public: frozenset[str] = frozenset()


LINE_WORK: Registry[LineWork] = Registry("line_work")
_NO_LINE = LineWork()


def line_work(kind: str) -> LineWork:
    """What a line adds to the kind; nothing where the trunk alone works it."""
    return LINE_WORK.get(kind) if kind in LINE_WORK else _NO_LINE


def stage_of(kind: str, code: str) -> Stage | None:
    """The stage by its code; None where the matter has none."""
    return line_work(kind).stages.get(code)


_ID = _("身份证（拍照即可）")

for _kind in (
    Kind(
        "consultation",
        _("法律咨询"),
        _("我要咨询"),
        _("有法律问题想问"),
        Line.CONSULTATION,
        Mode.ANSWERED,
        ends=(_("已解答"), _("转为申请法律援助"), _("转为调解")),
    ),
    Kind(
        "legal_aid",
        _("法律援助"),
        _("求法援"),
        _("请不起律师，想要帮助"),
        Line.LEGAL_AID,
        Mode.ACCEPTED,
        papers=(_ID, _("经济困难状况说明表（可当场填写）"), _("与事情有关的材料")),
        questions=(_("法院、仲裁委在哪里，或者事情发生在哪里？"), _("对方是谁？")),
        office=_("法律援助中心"),
        ends=(_("给予援助"), _("不予援助"), _("转交其他法律援助机构")),
        is_duty=True,
    ),
    Kind(
        "mediation",
        _("人民调解"),
        _("找调解"),
        _("有纠纷，想有人来说和"),
        Line.MEDIATION,
        Mode.ACCEPTED,
        papers=(_ID, _("与纠纷有关的材料")),
        questions=(_("和谁有纠纷？"), _("对方愿意调解吗？")),
        office=_("人民调解委员会"),
        ends=(_("达成协议"), _("未达成协议"), _("一方不愿调解")),
        is_duty=True,
    ),
    Kind(
        "notary",
        _("公证"),
        _("办公证"),
        _("遗嘱、委托、继承等要公证"),
        Line.NOTARY,
        Mode.ACCEPTED,
        papers=(_ID, _("户口簿"), _("要公证的文件或财产证明")),
        questions=(_("要公证什么？"), _("需要公证员上门吗？")),
        office=_("公证处（由公证员决定是否受理）"),
        ends=(_("出具公证书"), _("不予办理"), _("终止")),
        is_duty=True,
        is_formal=True,
    ),
    Kind(
        "counsel",
        _("律师服务"),
        _("请律师"),
        _("想请律师代理"),
        Line.COUNSEL,
        Mode.ACCEPTED,
        papers=(_ID, _("与事情有关的材料")),
        questions=(_("是什么事，到了哪一步？"),),
        office=_("律师事务所"),
        ends=(_("已推荐律师"), _("已签委托"), _("未委托")),
    ),
    Kind(
        "approval",
        _("司法行政审批"),
        _("办审批"),
        _("律师、公证、鉴定等执业审批"),
        Line.APPROVAL,
        Mode.ACCEPTED,
        papers=(_("申请书"), _ID, _("资格证明")),
        questions=(_("要办哪一项审批？"),),
        office=_("市司法局行政审批科"),
        ends=(_("准予"), _("不予"), _("转省厅")),
        is_duty=True,
        is_formal=True,
    ),
    Kind(
        "forensic",
        _("司法鉴定"),
        _("寻鉴定"),
        _("伤情、笔迹、亲子等鉴定"),
        Line.FORENSIC,
        Mode.GUIDED,
        papers=(_ID, _("委托书或法院的通知"), _("鉴定材料")),
        office=_("司法鉴定机构"),
        ends=(_("已指引"),),
    ),
    Kind(
        "arbitration",
        _("仲裁"),
        _("要仲裁"),
        _("合同里约定了仲裁"),
        Line.ARBITRATION,
        Mode.GUIDED,
        papers=(_ID, _("仲裁协议或合同"), _("仲裁申请书")),
        office=_("仲裁委员会"),
        ends=(_("已指引"),),
    ),
    Kind(
        "exam",
        _("法律职业资格考试"),
        _("法考咨询"),
        _("报名、考试、证书"),
        Line.EXAM,
        Mode.GUIDED,
        papers=(_ID, _("学历证书")),
        office=_("市司法局法考办"),
        ends=(_("已指引"),),
    ),
    Kind(
        "complaint",
        _("投诉"),
        _("我要投诉"),
        _("对服务不满意"),
        "",
        Mode.ACCEPTED,
        is_duty=True,
        is_formal=True,
    ),
    Kind("opinion", _("意见建议"), _("提意见"), _("对工作有建议"), "", Mode.ACCEPTED),
):
    KINDS.register(_kind.code, _kind)
