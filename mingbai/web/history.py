"""The history of one register's row in words: every entry of its chain, newest first."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _L  # noqa: N812

from mingbai.cases.enums import Channel, Unit
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import DeadlineRule
from mingbai.core import when
from mingbai.journal.models import Entry
from mingbai.knowledge.enums import AnswerState, GuideState
from mingbai.knowledge.models import Answer, Guide, Synonym
from mingbai.people.enums import Post, PostType
from mingbai.people.models import User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places.enums import Charge, Level, Line, OrganisationKind, Tier
from mingbai.places.models import Organisation, Station
from mingbai.places.queries import register

MOST = 50

VERBS: Mapping[str, Any] = {
    "region.created": _L("新设"),
    "region.renamed": _L("更名"),
    "region.moved": _L("划转"),
    "region.merged": _L("合并"),
    "region.split": _L("分设"),
    "region.abolished": _L("撤销"),
    "region.covered": _L("划入服务区"),
    "region.coverage_ended": _L("服务区结束"),
    "station.created": _L("登记站点"),
    "station.edited": _L("修改资料"),
    "station.closed": _L("停办"),
    "station.reopened": _L("恢复开办"),
    "station.moved": _L("随区划划转"),
    "station.point_set": _L("定位"),
    "station.hours_set": _L("设置开放时间"),
    "station.closure_added": _L("临时闭站"),
    "station.closure_removed": _L("取消闭站"),
    "station.operator_named": _L("确定运营单位"),
    "station.supervisor_named": _L("确定监督单位"),
    "station.transfer_offered": _L("提出移交"),
    "station.transfer_accepted": _L("接收移交"),
    "station.transfer_declined": _L("退回移交"),
    "station.transfer_cancelled": _L("取消移交"),
    "organisation.created": _L("登记机构"),
    "organisation.edited": _L("修改资料"),
    "worker.registered": _L("登记人员"),
    "worker.edited": _L("修改资料"),
    "worker.moved": _L("调动"),
    "worker.deactivated": _L("离岗"),
    "worker.activated": _L("恢复在岗"),
    "duty.added": _L("排班"),
    "duty.removed": _L("取消排班"),
    "absence.added": _L("登记请假"),
    "absence.ended": _L("提前销假"),
    "absence.cancelled": _L("取消请假"),
    "group.made": _L("建群"),
    "group.robot_set": _L("设群机器人"),
    "group.ended": _L("停用群"),
    "endpoint.made": _L("登记推送地址"),
    "endpoint.ended": _L("停用推送地址"),
    "endpoint.key_made": _L("发出签名密钥"),
    "endpoint.key_retired": _L("停用签名密钥"),
    "endpoint.resent": _L("重发"),
    "codes.set": _L("改代码对照"),
    "records.made": _L("备好一批"),
    "records.sent": _L("送到一批"),
    "records.taken": _L("收下一批"),
    "records.refused": _L("没有收这批"),
    "partner.state_named": _L("改状态对照"),
    "wording.set": _L("改用语"),
    "wording.reset": _L("恢复原文"),
    "way.set": _L("改发送渠道"),
    "notice.resent": _L("重发通知"),
    "user.made": _L("建立用户"),
    "user.edited": _L("修改资料"),
    "user.linked": _L("对应到人员"),
    "user.granted": _L("授权"),
    "user.revoked": _L("撤销授权"),
    "user.activated": _L("启用"),
    "user.deactivated": _L("停用"),
    "user.password_reset": _L("重置密码"),
    "user.password_changed": _L("改密码"),
    "user.factor_reset": _L("重置第二因素"),
    "user.pin_set": _L("设置解锁码"),
    "user.pin_cleared": _L("清除解锁码"),
    "user.slip_made": _L("制作登录条"),
    "user.slip_used": _L("使用登录条"),
    "user.signed_in": _L("登录"),
    "user.took_out": _L("导出文件"),
    "user.signed_out": _L("退出"),
    "user.sign_in_failed": _L("登录失败"),
    "user.locked": _L("锁屏"),
    "user.unlocked": _L("解锁"),
    "partner.made": _L("登记协作单位"),
    "partner.key_issued": _L("发出密钥"),
    "partner.key_revoked": _L("作废密钥"),
    "partner.deactivated": _L("停用"),
    "paper.template": _L("新版文书模板"),
    "paper.template_ended": _L("停用自己的文书模板"),
    "letterhead.set": _L("登记文书抬头"),
    "piece.promised": _L("记下，标准定下"),
    "piece.priced": _L("有了标准，算出金额"),
    "piece.earned": _L("完成"),
    "piece.graded": _L("按质量重算"),
    "piece.settled": _L("核定"),
    "piece.dropped": _L("不发"),
    "sheet.made": _L("制发放表"),
    "review.begun": _L("开始考评"),
    "review.self": _L("自评"),
    "review.county": _L("县区复核"),
    "review.city": _L("市级评定"),
    "review.appealed": _L("申诉"),
    "review.appeal_judged": _L("答复申诉"),
    "review.model_named": _L("命名为标杆站点"),
    "review.photo_added": _L("加照片"),
    "review.photo_dropped": _L("删掉照片"),
    "worker.taught": _L("登记培训"),
    "rule.added": _L("新增规则"),
    "rule.ended": _L("规则失效"),
    "model.trained": _L("训练模型"),
    "calendar.seeded": _L("建立日历"),
    "people.exported": _L("导出人员名册"),
    "ledger.taken_out": _L("导出台账"),
    "case.opened": _L("收到办件"),
    "case.taken_up": _L("接办"),
    "case.accepted": _L("受理"),
    "case.answered": _L("答复"),
    "case.told": _L("告知群众"),
    "case.closed": _L("办结"),
    "case.assigned": _L("分派"),
    "case.offered": _L("转办"),
    "case.handed_over": _L("签收"),
    "case.declined": _L("退回"),
    "case.designated": _L("指定承办"),
    "case.asked": _L("请群众补充"),
    "case.refused": _L("不予受理"),
    "case.classified": _L("定主题"),
    "case.warned": _L("文字提示风险"),
    "case.risk_reported": _L("风险已报告"),
    "case.risk_dismissed": _L("核实不是风险"),
    "case.withdrawn": _L("撤回"),
    "case.reopened": _L("恢复办理"),
    "case.given": _L("转给别的热线"),
    "case.order_said": _L("回告协作单位"),
    "case.clock_soon": _L("快到期"),
    "case.clock_late": _L("超期"),
    "case.rated": _L("群众评价"),
    "case.called_back": _L("回访"),
    "case.extended": _L("同意延期"),
    "case.person_shown": _L("查看个人信息"),
    "case.person_copied": _L("打印个人信息副本"),
    "case.person_corrected": _L("更正个人信息"),
    "case.erased": _L("按本人要求删除个人信息"),
    "key.printed": _L("打印主密钥单"),
    "calendar.notice_loaded": _L("载入放假通知"),
    "guide.written": _L("写好草稿"),
    "guide.edited": _L("修改内容"),
    "guide.published": _L("发布"),
    "guide.withdrawn": _L("撤下"),
    "answer.proposed": _L("提出问答"),
    "answer.published": _L("审核发布"),
    "answer.declined": _L("退回"),
    "answer.expired": _L("失效"),
    "answer.forgotten": _L("清除内容"),
    "synonym.added": _L("加一条"),
    "synonym.dropped": _L("去掉"),
    "topic.coded": _L("改外部代码"),
    "law.imported": _L("导入法律"),
    "law.named": _L("改简称"),
    "sound.uploaded": _L("上传语音"),
    "sound.heard": _L("试听语音"),
    "sound.chosen": _L("选用语音"),
    "sound.used": _L("启用语音"),
    "sound.dropped": _L("删除语音"),
    "quality.drawn": _L("抽检"),
    "quality.scored": _L("评分"),
    "quality.objected": _L("提出异议"),
    "quality.settled": _L("复核异议"),
    "quality.sheet_begun": _L("换评分表"),
    "record_source.made": _L("登记话单来源"),
    "record_source.edited": _L("修改话单来源"),
    "record_source.ended": _L("停用话单来源"),
    "piece.counted": _L("按值班时间算出"),
    "piece.corrected": _L("更正"),
    "piece.taken_back": _L("撤回"),
    "rule.seeded": _L("软件初始规则"),
    "seat.signed_in": _L("坐上席位"),
    "seat.signed_out": _L("离开席位"),
    "seat.said": _L("席位状态"),
    "call.matter": _L("来电记为办件"),
    "call.no_matter": _L("来电没有办件"),
    "call.recorded": _L("录音存好"),
    "call.recording_opened": _L("听录音"),
    "call.recording_destroyed": _L("销毁录音"),
    "call.record_landed": _L("导入话单"),
    "filing.sent": _L("报送"),
    "filing.compared": _L("核对报送"),
    "filing.looked": _L("查看报送内容"),
    "filing.field_set": _L("改报送的列"),
    "filing.codes_set": _L("改报送的代码"),
    "paper.issued": _L("出具文书"),
    "paper.opened": _L("打开文书"),
    "paper.voided": _L("文书作废"),
    "user.factor_added": _L("加第二因素"),
    "user.factor_removed": _L("去掉第二因素"),
    "user.locked_out": _L("试错太多，暂停登录"),
    "user.form_kept": _L("留下没交的表单"),
    "user.form_returned": _L("取回没交的表单"),
    "worker.day_limit": _L("改服务日上限"),
    "notice.failed": _L("通知没有送到"),
    "letter.issued": _L("发出报告"),
    "ledger.landed": _L("导入台账"),
}

_NAMES: Mapping[str, Any] = {
    "from": _L("原"),
    "to": _L("新"),
    "on": _L("日期"),
    "until": _L("至"),
    "source": _L("依据"),
    "into": _L("并入"),
    "name": _L("名称"),
    "role": _L("角色"),
    "region": _L("区划"),
    "station": _L("站点"),
    "stand_in": _L("代班人"),
    "when": _L("时间"),
    "line": _L("业务"),
    "lines": _L("业务"),
    "skills": _L("专长"),
    "organisation": _L("机构"),
    "inventory": _L("清单"),
    "people": _L("人员"),
    "open_matters": _L("在办办件"),
    "equipment": _L("设备"),
    "area": _L("服务区"),
    "charge": _L("职责"),
    "lowest_tier": _L("最低层级"),
    "channel": _L("渠道"),
    "estimated": _L("推算"),
    "changed": _L("改变的日子"),
    "replaces": _L("接替"),
    "worker": _L("人员"),
    "key": _L("密钥"),
    "rule": _L("规则"),
    "due": _L("到期"),
    "how": _L("方式"),
    "rows": _L("行数"),
    "count": _L("数量"),
    "parent": _L("上级"),
    "username": _L("登录名"),
    "fields": _L("项目"),
    "valid_from": _L("施行日期"),
    "amount": _L("期限"),
    "starts_on": _L("自"),
    "ends_on": _L("至"),
    "before": _L("原"),
    "after": _L("新"),
    "case": _L("办件"),
    "total": _L("总分"),
    "calls": _L("来电"),
    "answers": _L("书面答复"),
    "drawn": _L("抽到"),
    "seed": _L("种子"),
    "spoken": _L("哪一句"),
    "digest": _L("内容摘要"),
    "columns": _L("列数"),
    "step": _L("环节"),
    "is_right": _L("申诉成立"),
    "minutes": _L("分钟"),
    "event": _L("哪一件"),
    "grade": _L("等次"),
    "extra": _L("另加几人"),
    "rate": _L("标准"),
}
_LONG = 120


def words_of(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def entries_of(chain: str) -> list[dict[str, Any]]:
    """The last entries of the chain as the component of the history wants them."""
    found = Entry.objects.filter(chain=chain).order_by("-seq")[:MOST]
    return [entry_of(entry) for entry in found]


def entry_of(entry: Entry) -> dict[str, Any]:
    data = json.loads(entry.data)
    why = str(data.pop("why", "") or "")
    said = said_of(data)
    text = words_of(entry.verb)
    return {
        "sign": "history",
        "tone": "",
        "who": entry.actor_name or entry.actor,
        "where": "",
        "what": _("%(what)s：%(said)s") % {"what": text, "said": said} if said else text,
        "at": entry.at,
        "quote": "",
        "why": why,
        "links": [],
    }


def said_of(data: Mapping[str, Any]) -> str:
    """What the entry holds, field by field; from → to where both are there."""
    before, after = data.get("from"), data.get("to")
    parts = []
    if isinstance(after, Mapping):
        old = before if isinstance(before, Mapping) else {}
        parts += [
            f"{name_of(name)} {value_of(name, old.get(name))} → {value_of(name, new)}"
            for name, new in after.items()
        ]
    elif before and after:
        parts.append(f"{value_of('', before)} → {value_of('', after)}")
    elif after or before:
        parts.append(value_of("", after or before))
    rest = {name: value for name, value in data.items() if name not in _LEFT_OUT}
    parts += [
        f"{name_of(name)} {value_of(name, value)}"
        for name, value in rest.items()
        if value not in ("", None, [])
    ]
    text = "；".join(parts)
    return f"{text[:_LONG]}…" if len(text) > _LONG else text


_LEFT_OUT = frozenset({"from", "to", "operator", "supervisor", "transfer", "days", "step", "digest"})
_MODELS = (Station, Worker, Organisation, User, DeadlineRule, Guide, Answer, Synonym)
_CHOICES: Mapping[str, Any] = {
    "line": Line,
    "lines": Line,
    "skills": Line,
    "tier": Tier,
    "lowest_tier": Tier,
    "level": Level,
    "post": Post,
    "post_type": PostType,
    "role": RoleCode,
    "charge": Charge,
    "unit": Unit,
    "channel": Channel,
}
_STATES = {**dict(GuideState.choices), **dict(AnswerState.choices)}


def name_of(name: str) -> str:
    """The word of a field: the register's own, else that of the models."""
    if name in _NAMES:
        return str(_NAMES[name])
    for model in _MODELS:
        for one in model._meta.fields:
            if one.name == name:
                return str(one.verbose_name)
    return name


def value_of(name: str, value: Any) -> str:
    """In words: codes of the vocabularies, of regions and stations by their names."""
    if value in ("", None, []):
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return _("、").join(value_of(name, one) for one in value if one != "")
    if isinstance(value, Mapping):
        return _("，").join(f"{name_of(str(key))} {value_of(str(key), one)}" for key, one in value.items())
    text = str(value)
    if name in _CHOICES:
        return str(dict(_CHOICES[name].choices).get(text, text))
    if name == "before":
        return str(_STATES.get(text, text))
    if name == "kind":
        labels = {**dict(OrganisationKind.choices), **{code: kind.label for code, kind in KINDS.items()}}
        return str(labels.get(text, text))
    places = register()
    # A station has its region's code.
    where = places.regions if name in ("region", "parent", "into") else places.stations
    row = where.get(text) or places.regions.get(text)
    return row.name if row else _moment(text)


def _moment(text: str) -> str:
    """A moment as people read it; anything else as it is."""
    if "T" not in text:
        return text
    try:
        return when.moment(datetime.fromisoformat(text))
    except ValueError:
        return text
