"""What the applicant reads of a decision: in the house's language, with what can be done next."""

from mingbai.legalaid.enums import EndGround
from mingbai.legalaid.rules.catalogue import LAW


def granted_text(reason: str, *, first: bool = False) -> str:
    head = "决定先给您提供法律援助，手续之后再补。" if first else "决定给予您法律援助，不收您的钱。"
    tail = "三日内为您指派承办人，指派后会和您联系。"
    return _joined(head, reason, tail, f"依据：《{LAW}》{'第四十四条' if first else '第四十三条'}。")


def assigned_text(name: str, firm: str) -> str:
    who = f"{name}（{firm}）" if firm else name
    return f"已为您指派承办人：{who}，会和您联系。不收您的钱；要换人，告诉我们理由。"


def finished_text(text: str) -> str:
    return _joined("您的法律援助已结案。", text, f"依据：《{LAW}》第五十条。")


def refused_text(reason: str) -> str:
    return _joined(
        "决定不予法律援助。",
        f"理由：{reason}",
        "您不同意的，可以向设立本机构的司法局提出异议，凭编号在网上就能提，司法局五日内审查。",
        "对司法局维持的决定不服，还可以申请行政复议或者提起行政诉讼。",
        f"依据：《{LAW}》第四十三条、第四十九条。",
    )


def remedies_text() -> str:
    """What can be done against a refusal or a termination, as the paper has to say it (Art. 49)."""
    return (
        "您对本决定不服的，可以向设立本机构的司法行政部门提出异议，司法行政部门应当自收到异议之日起五日内审查；"
        "对司法行政部门维持决定不服的，可以依法申请行政复议或者提起行政诉讼"
        f"（《{LAW}》第四十九条）。"
    )


def told_grounds(ground: str) -> str:
    """The ground of a termination in the law's words, "" for none."""
    return str(EndGround(ground).label) if ground else ""


def terminated_text(ground: str, reason: str) -> str:
    return _joined(
        "决定终止法律援助。",
        f"情形：{ground}。",
        f"理由：{reason}",
        "您不同意的，可以向设立本机构的司法局提出异议，凭编号在网上就能提，司法局五日内审查。",
        f"依据：《{LAW}》第四十八条、第四十九条。",
    )


def transferred_text(office: str, phone: str, reason: str) -> str:
    return _joined(
        f"您的申请连同材料已转交：{office}，电话 {phone}。",
        reason,
        "材料不用您再送一遍。",
        f"依据：《{LAW}》第三十八条。",
    )


def upheld_text(answer: str) -> str:
    return _joined(
        "司法局审查后，维持原决定。",
        answer,
        "您还不同意的，可以申请行政复议，或者向人民法院提起行政诉讼。",
        f"依据：《{LAW}》第四十九条。",
    )


def ordered_text(answer: str) -> str:
    return _joined(
        "司法局审查后，责令改正：给予您法律援助。",
        answer,
        "三日内为您指派承办人。",
        f"依据：《{LAW}》第四十九条。",
    )


def _joined(*lines: str) -> str:
    return "\n".join(line for line in lines if line)
