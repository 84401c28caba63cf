"""Roles as code: what each may do within its region's subtree. The only place where permissions are given."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RoleCode(TextChoices):
    WINDOW_CLERK = "window_clerk", _("窗口人员")
    HOTLINE_AGENT = "hotline_agent", _("热线值班人员")
    STATION_WORKER = "station_worker", _("站点工作人员")
    VILLAGE_LAWYER = "village_lawyer", _("村(居)法律顾问")
    PRACTITIONER = "practitioner", _("执业人员")
    AID_REVIEWER = "aid_reviewer", _("法援审查人员")
    STATION_MANAGER = "station_manager", _("站点负责人")
    SUPERVISOR = "supervisor", _("监督人员")
    LEADER = "leader", _("领导")
    FINANCE = "finance", _("财务人员")
    QUALITY = "quality", _("质检人员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class Permission(TextChoices):
    """Verbs of permission; `can(user, permission, place)` answers them."""

    CASE_SEE = "case.see", _("查看办件")
    CASE_OPEN = "case.open", _("登记办件")
    CASE_WORK = "case.work", _("办理办件")
    CASE_ASSIGN = "case.assign", _("站内分派")
    CASE_DESIGNATE = "case.designate", _("指定承办")
    CASE_EXTEND = "case.extend", _("审批延期")
    CASE_MERGE = "case.merge", _("并单")
    CASE_CALL_BACK = "case.call_back", _("回访")
    PERSON_SHOW = "person.show", _("查看个人信息")
    PERSON_MERGE = "person.merge", _("合并群众档案")
    BOARD_SEE = "board.see", _("查看看板")
    PLACES_EDIT = "places.edit", _("维护站点与区划")
    PEOPLE_EDIT = "people.edit", _("维护人员与排班")
    RULES_EDIT = "rules.edit", _("维护规则与日历")
    TRANSFER_ANSWER = "transfer.answer", _("接收站点")
    USERS_EDIT = "users.edit", _("维护用户")
    GRANTS_EDIT = "grants.edit", _("授权")
    PARTNERS_EDIT = "partners.edit", _("维护协作单位")
    JOURNAL_SEE = "journal.see", _("审计")
    QUALITY_SEE = "quality.see", _("质检")
    ANSWER_PROPOSE = "answer.propose", _("提出问答")
    ANSWER_REVIEW = "answer.review", _("审核问答")
    KNOWLEDGE_EDIT = "knowledge.edit", _("维护知识库")
    PAPERS_EDIT = "papers.edit", _("维护文书模板")
    SUBSIDY_SEE = "subsidy.see", _("查看补贴")
    SUBSIDY_EDIT = "subsidy.edit", _("核定补贴、制发放表")
    AID_DECIDE = "aid.decide", _("决定法律援助")
    AID_OBJECTION = "aid.objection", _("审查法律援助异议")


@dataclass(frozen=True)
class Role:
    code: RoleCode
    permissions: frozenset[Permission]
    only_own: bool = False
    """Sees only matters that are theirs (owner or co-handler), not the whole station's."""
    second_factor: bool = False


P = Permission
_DESK = frozenset({P.CASE_SEE, P.CASE_OPEN, P.CASE_WORK, P.PERSON_SHOW, P.CASE_MERGE, P.ANSWER_PROPOSE})
_LAWYER = frozenset({P.ANSWER_PROPOSE, P.ANSWER_REVIEW})
"""Who answers for what the house publishes as law: lawyers, and who decides on legal aid."""
_MANAGE = frozenset(
    {P.CASE_ASSIGN, P.PERSON_MERGE, P.CASE_EXTEND, P.PEOPLE_EDIT, P.BOARD_SEE, P.TRANSFER_ANSWER}
)
_OVERSEE = frozenset({P.CASE_SEE, P.BOARD_SEE, P.PERSON_SHOW})


def _role(code: RoleCode, *sets: frozenset[Permission], only_own: bool = False, second: bool = False) -> Role:
    return Role(code, frozenset().union(*sets), only_own, second)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(RoleCode.WINDOW_CLERK, _DESK),
        _role(RoleCode.HOTLINE_AGENT, _DESK | {P.CASE_CALL_BACK}),
        _role(RoleCode.STATION_WORKER, _DESK),
        _role(RoleCode.VILLAGE_LAWYER, _DESK, _LAWYER),
        _role(
            RoleCode.PRACTITIONER,
            frozenset({P.CASE_SEE, P.CASE_WORK, P.PERSON_SHOW}),
            _LAWYER,
            only_own=True,
        ),
        _role(RoleCode.AID_REVIEWER, _DESK, _LAWYER, frozenset({P.AID_DECIDE})),
        _role(
            RoleCode.STATION_MANAGER,
            _DESK,
            _MANAGE,
            frozenset({P.KNOWLEDGE_EDIT, P.AID_DECIDE, P.PAPERS_EDIT}),
        ),
        _role(
            RoleCode.SUPERVISOR,
            _OVERSEE | {P.CASE_DESIGNATE, P.CASE_EXTEND, P.CASE_CALL_BACK, P.PERSON_MERGE, P.CASE_MERGE},
            frozenset({P.PLACES_EDIT, P.PEOPLE_EDIT, P.RULES_EDIT, P.TRANSFER_ANSWER, P.QUALITY_SEE}),
            frozenset({P.KNOWLEDGE_EDIT, P.AID_OBJECTION, P.PAPERS_EDIT}),
            frozenset({P.SUBSIDY_SEE, P.SUBSIDY_EDIT}),
            second=True,
        ),
        _role(RoleCode.LEADER, frozenset({P.CASE_SEE, P.BOARD_SEE})),
        _role(RoleCode.FINANCE, frozenset({P.BOARD_SEE, P.SUBSIDY_SEE})),
        _role(RoleCode.QUALITY, frozenset({P.CASE_SEE, P.CASE_CALL_BACK, P.QUALITY_SEE})),
        _role(
            RoleCode.SYSTEM_ADMIN,
            frozenset({P.PLACES_EDIT, P.RULES_EDIT, P.PARTNERS_EDIT, P.USERS_EDIT}),
            second=True,
        ),
        _role(RoleCode.SECURITY_ADMIN, frozenset({P.GRANTS_EDIT}), second=True),
        _role(RoleCode.AUDIT_ADMIN, frozenset({P.JOURNAL_SEE}), second=True),
    )
}

ADMINS: frozenset[str] = frozenset({RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_ADMIN, RoleCode.AUDIT_ADMIN})
"""Three kinds of administrators, three people (三员分立)."""

WITH_SECOND_FACTOR: frozenset[str] = frozenset(role.code for role in ROLES.values() if role.second_factor)
