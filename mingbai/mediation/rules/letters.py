"""What the parties read: in the house's language, with what can be done next."""

from collections.abc import Collection
from datetime import date

from mingbai.mediation.enums import Dispute

LAW = "人民调解法"

_COURT = "向人民法院起诉"
_WAYS: dict[str, tuple[str, ...]] = {
    Dispute.LABOUR: ("先申请劳动人事争议仲裁（一般要在一年内）", "不服裁决的，再向人民法院起诉"),
    Dispute.WAGE: ("向劳动监察部门投诉", "申请劳动人事争议仲裁（一般要在一年内）", "有欠条的，可以直接起诉"),
    Dispute.LAND: ("土地承包的事，可以申请农村土地承包仲裁", "权属争议先由政府处理", _COURT),
    Dispute.TAKING: ("申请行政复议", "向人民法院提起行政诉讼"),
    Dispute.MEDICAL: ("请卫生健康部门处理", _COURT),
    Dispute.TRAFFIC: ("请交警部门调解", _COURT),
    Dispute.CONSUMER: ("向市场监管部门投诉（12315）", _COURT),
    Dispute.ONLINE: ("向市场监管部门投诉（12315）", _COURT),
    Dispute.ENVIRONMENT: ("请生态环境部门处理", _COURT),
}


def ways(dispute: str) -> tuple[str, ...]:
    """What is open to the parties when mediation fails (Art. 26): arbitration, an office, the court."""
    return (*_WAYS.get(dispute, (_COURT, "约定了仲裁的，申请仲裁")), "请不起律师的，可以申请法律援助")


def failed_text(reason: str, dispute: str) -> str:
    """Art. 26: it is over, and the parties are told of the ways that remain."""
    return _joined(
        "调解没有成功，调解已经终止。", reason, _listed("您还可以：", ways(dispute)), _law("第二十六条")
    )


def declined_text(reason: str, dispute: str) -> str:
    return _joined(
        "有一方明确表示不愿意调解，所以不能调解。",
        reason,
        _listed("您还可以：", ways(dispute)),
        _law("第十七条、第二十六条"),
    )


def mediator_text(names: Collection[str]) -> str:
    return f"调解员已定：{'、'.join(names)}，会和各方联系。调解不收钱；要换调解员，说一声就行。"


def begun_text() -> str:
    return "各方都同意，调解开始了。您可以随时不再调解，也可以要求公开或者不公开进行。"


def drafted_text() -> str:
    return "谈妥了，写成了调解协议。各方签名、盖章或者按手印，调解员签名，调委会盖章，协议才生效。"


def agreed_text(*, oral: bool, confirm_by: date | None) -> str:
    """It is in effect: what it means, and until when the court can confirm it."""
    head = "达成了口头协议，已登记，从现在起有效。" if oral else "调解协议签字盖章了，从今天起有效。"
    tail = ""
    if confirm_by is not None:
        tail = (
            f"想要法院确认的，双方一起申请，最晚 {confirm_by:%Y年%-m月%-d日}，不收钱；"
            "确认后可以申请强制执行。"
        )
    return _joined(head, "协议有法律约束力，各方要按约定履行。", tail, _law("第三十一条、第三十三条"))


def confirmed_text(court: str, *, confirmed: bool, text: str) -> str:
    head = (
        f"{court}裁定调解协议有效。一方不履行的，另一方可以申请法院强制执行。"
        if confirmed
        else f"{court}没有确认调解协议。可以再调解变更协议，也可以向人民法院起诉。"
    )
    return _joined(head, text, _law("第三十三条"))


def planned_text(when: str, where: str) -> str:
    return f"约好了调解的时间：{when}，{where}。来不了的，请早点告诉我们。"


def extended_text(months: int) -> str:
    return f"各方都同意，调解的时间延长 {months} 个月。"


def _listed(head: str, points: Collection[str]) -> str:
    return head + "；".join(points) + "。"


def _law(articles: str) -> str:
    return f"依据：《{LAW}》{articles}。"


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
