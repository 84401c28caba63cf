"""A small invented law, guides and answers, made through the actions."""

from datetime import date, timedelta
from itertools import count

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.knowledge import actions
from mingbai.knowledge.models import Answer, Article, Guide
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places.models import Region
from tests.people.factories import CITY, make_user

TITLE = "中华人民共和国示范劳动法"
LAW = f"""# {TITLE}

2019年3月1日 第九届示范会议通过

<!-- INFO END -->

## 第一章 总 则

第一条 为了做示范，制定本法。

第二条 用人单位拖欠劳动报酬的，劳动者可以申请仲裁。

有下列情形的，也适用本条：

（一）停工停产；

## 第二章 解除

第三条 劳动者提前三十日书面通知，可以解除劳动合同。

第三条之一 试用期内提前三日通知。

第四条 本法自2019年7月1日起施行。
"""
FIRST_DAY = date(2019, 7, 1)
_numbers = count(1)


def amended(old: str, new: str, *, law: str = LAW, decided: str = "2024年5月1日") -> str:
    """The law with one passage changed, and the line of the decision that changed it."""
    assert old in law
    head = "2019年3月1日 第九届示范会议通过"
    return law.replace(old, new).replace(head, f"{head}\n\n{decided} 第十届示范会议修正")


def bring(text: str = LAW, name: str = "示范劳动法.md", **more: object) -> actions.ImportedLaws:
    return actions.import_laws(by=SYSTEM, files={name: text}, **more)


def article(number: int, suffix: int = 0) -> Article:
    return Article.objects.get(number=number, suffix=suffix, valid_to=None)


def city() -> Region:
    return Region.objects.get(code=CITY)


def make_guide(title: str = "申请法律援助", *, publish: bool = True, **more: object) -> Guide:
    arguments = {
        "line": "legal_aid",
        "region": city(),
        "texts": {"papers": "身份证、经济困难说明", "steps": "到窗口填写申请表", "cost": "不收费"},
    } | more
    guide = actions.write_guide(by=SYSTEM, title=title, **arguments)
    return actions.publish_guide(by=SYSTEM, guide=guide) if publish else guide


def make_lawyer(username: str = "") -> User:
    """Somebody who may review."""
    name = username or f"lawyer{next(_numbers)}"
    return make_user(RoleCode.AID_REVIEWER, region=city(), username=name)


def make_answer(
    question: str = "饭店老板三个月没发工资怎么办",
    answer: str = "可以先向劳动监察部门投诉，也可以申请劳动仲裁。",
    *,
    publish: bool = True,
    **more: object,
) -> Answer:
    made = actions.propose_answer(by=SYSTEM, question=question, answer=answer, **more)
    return actions.publish_answer(by=make_lawyer().actor, answer=made) if publish else made


def tomorrow(days: int = 1) -> date:
    return timezone.localdate() + timedelta(days=days)


def last_entry(chain: str) -> Entry:
    return Entry.objects.filter(chain=chain).latest("seq")
