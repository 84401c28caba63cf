"""One object of every sort in a county, and for every address of the house the arguments that lead to it.

A new address without an entry in ARGUMENTS fails tests/web/test_matrix.py: nobody adds a page unseen.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from mingbai.cases.actions import files, handover, work
from mingbai.cases.models import Attachment, Case, DeadlineRule, RoutingRule
from mingbai.core.actor import SYSTEM
from mingbai.figures.actions import issue_letter
from mingbai.figures.models import IssuedLetter
from mingbai.figures.rules import Period
from mingbai.hotline.actions.switch import offer
from mingbai.hotline.models import Call
from mingbai.integrations.models import Endpoint, WeChatMessage
from mingbai.integrations.partners.actions import EndpointTerms, make_endpoint, new_secret
from mingbai.integrations.wechat.actions import receive
from mingbai.knowledge.actions import add_synonym
from mingbai.knowledge.models import Answer, Article, Guide, Synonym
from mingbai.legalaid import actions as aid
from mingbai.legalaid.models import Matter
from mingbai.legalaid.rules.application import Terms
from mingbai.mediation import actions as mediation
from mingbai.mediation.models import Member
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.notices.actions import notify, set_wording
from mingbai.notices.actions.groups import GroupTerms, ask_group, make_group
from mingbai.notices.models import Group, Notice, Question
from mingbai.oversight import actions as oversight
from mingbai.oversight.models import AdviserTerm, Review, Supervision, VillageVisit
from mingbai.papers.models import Paper
from mingbai.people import actions as people
from mingbai.people.enums import Post
from mingbai.people.models import Absence, ApiKey, Duty, Grant, User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Closure, Coverage, Organisation, Region, Station, StationTransfer
from mingbai.servicedays.actions import needs, plans, publishing, records, terms
from mingbai.servicedays.models import Block, DayRecord, Host, Need, Plan, ServiceDay
from mingbai.servicedays.rules.day import Jotting
from mingbai.servicedays.rules.needs import Wish
from mingbai.visits.actions import openings
from mingbai.visits.actions.bookings import Wish as Booked
from mingbai.visits.actions.bookings import take_slot
from mingbai.visits.models import Break, Opening, Visit
from mingbai.visits.rules.openings import Terms as OpeningTerms
from mingbai.visits.rules.visits import Visitor
from tests.cases.factories import CITY, City, make_intake, make_opened
from tests.knowledge import factories as knowledge
from tests.people.factories import make_user, make_worker
from tests.servicedays.factories import next_month, workdays

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
NAME, PHONE, TEXT = "慕容雪莲", "13987651234", "邻村的水渠改道，淹了我家三亩苞米地。"
WORKER, ORGANISATION, WORKER_PHONE = "欧阳镇海", "望花南关法律服务所", "13600010002"


INVENTORY = {"people": ["欧阳镇海"], "open_matters": 1, "equipment": ["电脑 2 台"]}


@dataclass
class World:
    """What stands in one county: a taken matter with a file, offered on; people, station, organisation."""

    city: City
    region: Region
    station: Station
    case: Case
    attachment: Attachment
    worker: Worker
    user: User
    grant: Grant
    organisation: Organisation
    closure: Closure
    transfer: StationTransfer
    area: Coverage
    absence: Absence
    duty: Duty
    key: ApiKey
    article: Article
    guide: Guide
    synonym: Synonym
    answer: Answer
    need: Need
    plan: Plan
    draft_day: ServiceDay
    service_day: ServiceDay
    record: DayRecord
    opening: Opening
    gap: Break
    visit: Visit
    leader_visit: Visit
    host: Host
    block: Block
    letter: IssuedLetter
    mediation_case: Case
    member: Member
    aid_lawyer: Worker
    aid_case: Case
    trip: VillageVisit
    adviser_term: AdviserTerm
    savvy: Worker
    supervision: Supervision
    review: Review
    paper: Paper
    notice: Notice
    group: Group
    question: Question
    message: WeChatMessage
    endpoint: Endpoint
    call: Call

    def address(self, name: str) -> str:
        return reverse(name, kwargs=ARGUMENTS[name](self))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody of another county may read anywhere."""
        masked = f"{PHONE[:3]}****{PHONE[-4:]}"
        return (NAME, PHONE, masked, TEXT, WORKER_PHONE, *self.numbers)

    @property
    def numbers(self) -> tuple[str, ...]:
        number = str(self.case.number)
        return number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def make_world(city: City, county: str, town: str) -> World:
    """Everything through the actions; `town` is a station of the county."""
    region, station = city.regions[county], city.stations[county]
    today, later = timezone.localdate(), timezone.localdate() + timedelta(days=30)
    worker = make_worker(station, WORKER, phone=WORKER_PHONE)
    user = make_user(RoleCode.STATION_WORKER, station=station, worker=worker, name=WORKER)
    firm = places.create_organisation(by=SYSTEM, name=ORGANISATION, kind=OrganisationKind.FIRM, region=region)
    people.issue_key(by=SYSTEM, partner=city.partner)
    aid.prepare(by=SYSTEM)  # a flush takes the seeds along
    mediation.prepare(by=SYSTEM)
    case = _case(city, station, worker, town)
    return World(
        city=city,
        region=region,
        station=station,
        case=case,
        attachment=Attachment.objects.get(case=case),
        worker=worker,
        user=user,
        grant=Grant.objects.get(user=user),
        organisation=firm,
        closure=places.add_closure(
            by=SYSTEM, station=station, starts_on=later, ends_on=later, reason="停电检修"
        ),
        transfer=places.offer_transfer(
            by=SYSTEM, station=station, taker=firm, effective_on=later, inventory=INVENTORY
        ),
        area=places.add_coverage(
            by=SYSTEM, area="南关片", region=city.regions[town], station=station, valid_from=today
        ),
        absence=people.add_absence(by=SYSTEM, worker=worker, starts_on=later, ends_on=later),
        duty=people.add_duty(
            by=SYSTEM, worker=worker, station=station, weekday=1, starts=time(9), ends=time(16)
        ),
        key=ApiKey.objects.filter(partner=city.partner).latest("made_at"),
        article=_article(),
        guide=knowledge.make_guide(f"申请法律援助（{region.name}）", region=region),
        synonym=add_synonym(by=SYSTEM, lay="白干活", legal="拖欠劳动报酬"),
        answer=knowledge.make_answer(),
        mediation_case=_mediation_case(station, town),
        member=_member(region, station),
        aid_lawyer=_aid_lawyer(station),
        **_aid_papers(station, town),
        **_days(city, county, town),
        letter=_letter(region),
        notice=_dead_letter(),
        **_groups(region, case),
        message=_message(),
        endpoint=_endpoint(),
        **_door(city, county),
        **_oversight(city, county, town, case),
        # Known to be of this county by the telephone of its matters.
        call=offer(by=SYSTEM, station=CITY, key="w.1", at=timezone.now(), number=PHONE, dialled="12348"),
    )


def _dead_letter() -> Notice:
    """A notice that could not be sent, and words of its template that were changed."""
    notify(
        by=SYSTEM, event="world:1", to="resident:0", transport="console", template="case_received",
        address=PHONE, context={"number": "", "kind": "", "hotline": ""},
    )  # fmt: skip
    Notice.objects.filter(event="world:1").update(state="failed")
    set_wording(by=SYSTEM, template="case_received", subject="收到", body="{{ number }}")
    return Notice.objects.get(event="world:1")


def _endpoint() -> Endpoint:
    terms = EndpointTerms("world", "市平台", "https://world.invalid/", ("case.created",))
    endpoint = make_endpoint(by=SYSTEM, terms=terms)
    new_secret(by=SYSTEM, endpoint=endpoint)
    return endpoint


def _message() -> WeChatMessage:
    fields = {"FromUserName": "o-world", "MsgType": "text", "Content": TEXT, "MsgId": "1"}
    receive(by=SYSTEM, fields=fields)
    return WeChatMessage.objects.get(came_as="msg:1")


def _groups(region: Region, case: Case) -> dict[str, Any]:
    """A county's group of advisers, asked about its matter."""
    group = make_group(by=SYSTEM, terms=GroupTerms("南县指导群", "guidance", region.code))
    question = ask_group(by=SYSTEM, group=group, about=case.chain, text="水渠改道怎样举证？")
    return {"group": group, "question": question}


def _letter(region: Region) -> IssuedLetter:
    """What a county issued; the words of its number are its own."""
    return issue_letter(
        by=SYSTEM,
        number=f"司发〔{region.pk}〕1号",
        title="年度报告",
        year=2026,
        period=Period(date(2026, 1, 1), date(2026, 6, 30), region.pk),
        region=region,
        paragraphs=["接听 {calls_answered} 人次。"],
    )


def _aid_lawyer(station: Station) -> Worker:
    worker = make_worker(station, "东方援", Post.LAWYER)
    aid.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2010, 1, 1))
    return worker


def _door(city: City, county: str) -> dict[str, Any]:
    """An opening with a break and a booking, and somebody who comes to the leader."""
    station, first = city.stations[county], timezone.localdate() + timedelta(days=2)
    common: dict[str, Any] = {"first_on": first, "starts": time(9), "ends": time(11), "on_day_off": "keep"}
    common |= {"weekdays": tuple(range(7)), "receives": "值班律师"}
    opening = openings.set_opening(by=SYSTEM, station=station, terms=OpeningTerms(kind="booking", **common))
    leader = openings.set_opening(by=SYSTEM, station=station, terms=OpeningTerms(kind="reception", **common))
    visitor, at = (
        Visitor(name=NAME, phone=PHONE, text=TEXT),
        timezone.make_aware(datetime.combine(first, time(9))),
    )
    booked, received = (
        take_slot(by=SYSTEM, wish=Booked(opening=one.pk, starts_at=at, line=line, visitor=visitor))
        for one, line in ((opening, "consultation"), (leader, ""))
    )
    later = first + timedelta(days=9)
    gap = openings.break_off(by=SYSTEM, opening=opening, first_on=later, last_on=later, reason="开会")
    return {"opening": opening, "gap": gap, "visit": booked, "leader_visit": received}


def _oversight(city: City, county: str, town: str, case: Case) -> dict[str, Any]:
    """A visit to a village with its adviser, a supervised matter, the review of the county's centre."""
    oversight.prepare(by=SYSTEM)
    today = timezone.localdate()
    village = next(row for row in city.regions.values() if row.parent_id == town)
    lawyer = make_worker(city.stations[town], "司徒顾问", Post.VILLAGE_LAWYER)
    trip = oversight.Trip(village.pk, today, "duty", Decimal(2), 3)
    oversight.begin_reviews(by=SYSTEM, region=city.regions[county], year=today.year)
    return {
        "trip": oversight.write_visit(by=SYSTEM, worker=lawyer, trip=trip),
        "adviser_term": oversight.name_adviser(by=SYSTEM, worker=lawyer, region=village, since=today),
        "savvy": people.register_worker(
            by=SYSTEM, name="明白人", post=Post.LAW_SAVVY_VILLAGER, region=village
        ),
        "supervision": oversight.start_supervision(by=SYSTEM, case=case, reason=TEXT),
        "review": Review.objects.get(station=city.stations[county]),
    }


def _days(city: City, county: str, town: str) -> dict[str, Any]:
    """A need, a published day with a record, a draft that would replace it, a host and a shut way."""
    terms.prepare(by=SYSTEM)
    wish = Wish(region=town, skill="lawyer", text=TEXT, name=NAME, phone=PHONE, client_key=f"w-{county}")
    need = needs.take_down_needs(by=SYSTEM, wishes=[wish])[0].need
    assert need is not None
    plan = plans.make_plan(by=SYSTEM, region=city.regions[county], month=next_month())
    lawyer = make_worker(city.stations[county], "上官文律", Post.LAWYER)
    on, team = workdays(plan.month)[3], {lawyer.code: "lawyer"}
    plans.add_day(by=SYSTEM, plan=plan, version=1, region=town, on=on, team=team)
    plan = publishing.publish(by=SYSTEM, plan=plan, version=2, despite="先办起来")
    day = plan.days.get()
    note = Jotting(
        day=day.pk, kind="legal_aid_accepted", name=NAME, phone=PHONE, text=TEXT, client_key=f"r-{county}"
    )
    [written] = records.write_records(by=SYSTEM, notes=[note])
    draft = publishing.begin_replacement(by=SYSTEM, plan=plan)
    village = next(row for row in city.regions.values() if row.parent_id == town)
    block = terms.block_place(by=SYSTEM, region=city.regions[town], starts_on=on, ends_on=on, reason="修路")
    return {
        "need": need,
        "plan": draft,
        "draft_day": draft.days.get(),
        "service_day": day,
        "record": written.record,
        "host": terms.host_days(by=SYSTEM, region=village, room="活动室", since=timezone.localdate()),
        "block": block,
    }


def _article() -> Article:
    knowledge.bring()
    return knowledge.article(1)


def _aid_case(station: Station, town: str) -> Case:
    """An application whose other side and household nobody elsewhere may read."""
    intake = make_intake(
        kind="legal_aid", name=NAME, phone=PHONE, text=TEXT, region=town, keep_at=station.code
    )
    terms = Terms(matter="wage", shown="commitment", means=TEXT, opponent=NAME)
    return aid.apply(by=SYSTEM, intake=intake, terms=terms).case


def _mediation_case(station: Station, town: str) -> Case:
    """A mediation with minutes and a draft that nobody elsewhere may read."""
    intake = make_intake(
        kind="mediation", name=NAME, phone=PHONE, text=TEXT, region=town, keep_at=station.code
    )
    case = mediation.request(
        by=SYSTEM,
        intake=intake,
        statement=mediation.Statement(dispute="neighbour"),
        parties=[PartyTerms("other", NAME + "之邻", phone=PHONE, address=TEXT)],
    ).case
    leader = make_worker(station, "慕容和", Post.MEDIATOR)
    mediation.name_mediator(case=case, by=SYSTEM, worker=leader)
    parties = list(case.mediation_parties.order_by("pk"))
    for party in parties:
        mediation.agree_to(case=case, by=SYSTEM, party=party.pk, how="phone", told_rights=True)
    now = timezone.now()
    mediation.hold(case=case, by=SYSTEM, minutes=TEXT, present=[parties[0].pk], held_at=now, place=TEXT)
    return Case.objects.get(pk=case.pk)


def _member(region: Region, station: Station) -> Member:
    organisation = places.create_organisation(
        by=SYSTEM,
        name=f"{region.name}人民调解委员会",
        kind=OrganisationKind.MEDIATION_COMMITTEE,
        region=region,
    )
    today = timezone.localdate()
    committee = mediation.set_committee(by=SYSTEM, organisation=organisation, short=region.name, since=today)
    sitting = make_worker(station, "端木和", Post.MEDIATOR)
    return mediation.seat(by=SYSTEM, committee=committee, worker=sitting, since=today)


def _aid_papers(station: Station, town: str) -> dict[str, Any]:
    case = _aid_case(station, town)
    return {"aid_case": case, "paper": aid.issue_paper(case=case, by=SYSTEM, kind="aid_receipt")}


def _case(city: City, station: Station, worker: Worker, town: str) -> Case:
    opened = make_opened(name=NAME, phone=PHONE, text=TEXT, region=town, keep_at=station.code)
    case = work.take_up(case=opened.case, by=SYSTEM, worker=worker)
    files.attach(
        case=case, by=SYSTEM, name="照片.png", stream=io.BytesIO(PNG), size=len(PNG), by_resident=True
    )
    handover.offer(case=case, by=SYSTEM, to=city.stations[town], reason="在那边更近")
    return Case.objects.get(pk=case.pk)


def walk(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name as `reverse` knows it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}", pattern


Arguments = dict[str, Any]
NOTHING: Callable[[World], Arguments] = lambda w: {}  # noqa: E731  a table reads better of one-liners
_number: Callable[[World], Arguments] = lambda w: {"number": w.case.number}  # noqa: E731
_code: Callable[[World], Arguments] = lambda w: {"code": w.station.code}  # noqa: E731
_worker: Callable[[World], Arguments] = lambda w: {"code": w.worker.code}  # noqa: E731
_user: Callable[[World], Arguments] = lambda w: {"pk": w.user.pk}  # noqa: E731
_partner: Callable[[World], Arguments] = lambda w: {"code": w.city.partner.code}  # noqa: E731
_file: Callable[[World], Arguments] = lambda w: {"number": w.case.number, "pk": w.attachment.pk}  # noqa: E731
_paper: Callable[[World], Arguments] = lambda w: {"number": w.aid_case.number, "pk": w.paper.pk}  # noqa: E731
_template: Callable[[World], Arguments] = lambda w: {"kind": "aid_grant", "where": w.station.code}  # noqa: E731

ARGUMENTS: dict[str, Callable[[World], Arguments]] = {
    **dict.fromkeys(
        (
            *(f"public:{name}" for name in "home follow leave regions stations edition privacy".split()),
            *(f"public:{name}" for name in "accessibility opinion find entitled alike near".split()),
            *(f"desk:{name}" for name in "home search inbox new known alike useful proposed".split()),
            *(f"desk:{name}" for name in "route components knowledge".split()),
            *(f"board:{name}" for name in "home rows figures letter issue letters".split()),
            *(f"manage:{name}" for name in "home regions stations station_new areas area_new".split()),
            *(f"manage:{name}" for name in "organisations organisation_new workers worker_new".split()),
            *(f"manage:{name}" for name in "rosters slips users user_new grants partners".split()),
            *(f"manage:{name}" for name in "partner_new deadlines deadline_new routings routing_new".split()),
            *(f"manage:{name}" for name in "calendar calendar_load try_route sheets audit".split()),
            *(f"manage:{name}" for name in "verify seals outbox resend_all ways wordings".split()),
            *("manage:groups", "manage:group_new", "desk:groups", "desk:wechat", "wechat:gate"),
            *(f"manage:{name}" for name in "orders endpoints endpoint_new".split()),
            *(f"api:{name}" for name in "create listing".split()),
            *(f"api:{name}" for name in "openapi-json create regions stations find api-root".split()),
            *(f"auth:{name}" for name in "unlock lock pin second_factor".split()),
            *(f"account_{name}" for name in "login logout inactive reauthenticate".split()),
            *("account_change_password", "account_set_password", "api_docs", "set_language"),
            *(f"mfa_{name}" for name in "index authenticate reauthenticate activate_totp".split()),
            *(f"mfa_{name}" for name in "deactivate_totp view_recovery_codes".split()),
            *(f"mfa_{name}" for name in "generate_recovery_codes download_recovery_codes".split()),
            *(f"mfa_{name}" for name in "list_webauthn add_webauthn reauthenticate_webauthn".split()),
            "mfa_login_webauthn",
        ),
        NOTHING,
    ),
    **dict.fromkeys((f"public:{name}" for name in "case message withdraw rate objection".split()), _number),
    **dict.fromkeys((f"desk:{name}" for name in "case beside given print card".split()), _number),
    **dict.fromkeys((f"api:{name}" for name in "read message withdraw".split()), _number),
    **dict.fromkeys(
        (
            "public:station",
            *(f"manage:station{name}" for name in " _edit _hours _point _close _reopen _closure".split(" ")),
            *(f"manage:{name}" for name in "region roster duty_new".split()),
        ),
        _code,
    ),
    **dict.fromkeys(
        (
            *(f"manage:worker{name}" for name in " _edit _move _leave _activate".split(" ")),
            "manage:absence",
        ),
        _worker,
    ),
    **dict.fromkeys(
        (
            *(f"manage:user{name}" for name in " _edit _reset _off _on".split(" ")),
            *(f"manage:{name}" for name in "granted grant factor_reset".split()),
        ),
        _user,
    ),
    **dict.fromkeys((f"manage:{name}" for name in "partner partner_off key_issue".split()), _partner),
    "kiosk:home": NOTHING,
    **dict.fromkeys((f"kiosk:{name}" for name in "stations find entitled near".split()), NOTHING),
    "kiosk:line": lambda w: {"line": "legal_aid"},
    "kiosk:law": lambda w: {"pk": w.article.law_id},
    "kiosk:article": lambda w: {"pk": w.article.pk},
    "kiosk:howto": lambda w: {"pk": w.guide.pk},
    "kiosk:answer": lambda w: {"pk": w.answer.pk},
    "public:ask": lambda w: {"code": "consultation"},
    "public:guide": lambda w: {"code": "exam"},
    "public:done": lambda w: {"token": "x" * 43},
    "public:slip": lambda w: {"token": "x" * 43},
    "public:file": _file,
    "public:paper": _paper,
    "board:letter_file": lambda w: {"form": "docx"},
    "board:issued_file": lambda w: {"pk": w.letter.pk, "form": "docx"},
    "desk:paper": lambda w: {**_paper(w), "form": "docx"},
    "desk:paper_void": lambda w: _paper(w),
    "desk:paper_issue": lambda w: {"number": w.aid_case.number, "kind": "aid_application"},
    "manage:papers": NOTHING,
    **dict.fromkeys((f"manage:paper{name}" for name in " _edit _end".split(" ")), _template),
    "manage:paper_sample": lambda w: {**_template(w), "form": "docx"},
    "manage:paper_start": lambda w: {"kind": "aid_grant"},
    "manage:letterhead": _code,
    "public:law": lambda w: {"pk": w.article.law_id},
    "public:article": lambda w: {"pk": w.article.pk},
    "public:howto": lambda w: {"pk": w.guide.pk},
    "public:answer": lambda w: {"pk": w.answer.pk},
    "desk:file": _file,
    "desk:rights": lambda w: {"number": w.case.number, "pk": w.case.speaker_id},
    "desk:act": lambda w: {"number": w.case.number, "verb": "note"},
    "manage:region_change": lambda w: {"code": w.region.code, "what": "rename"},
    "manage:closure_remove": lambda w: {"code": w.station.code, "pk": w.closure.pk},
    "manage:station_name": lambda w: {"code": w.station.code, "charge": "supervisor"},
    "manage:station_transfer": lambda w: {"code": w.station.code, "charge": "operator"},
    **dict.fromkeys(
        (f"manage:transfer{name}" for name in " _accept _decline _cancel".split(" ")),
        lambda w: {"pk": w.transfer.pk},
    ),
    "manage:area_end": lambda w: {"pk": w.area.pk},
    "manage:organisation": lambda w: {"pk": w.organisation.pk},
    "manage:organisation_edit": lambda w: {"pk": w.organisation.pk},
    "manage:absence_cancel": lambda w: {"code": w.worker.code, "pk": w.absence.pk},
    "manage:duty_remove": lambda w: {"code": w.station.code, "pk": w.duty.pk},
    "manage:revoke": lambda w: {"pk": w.user.pk, "grant_pk": w.grant.pk},
    "manage:key_revoke": lambda w: {"code": w.city.partner.code, "pk": w.key.pk},
    **dict.fromkeys(
        (f"manage:deadline{name}" for name in " _next _end".split(" ")),
        lambda w: {"pk": DeadlineRule.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (f"manage:routing{name}" for name in " _end".split(" ")),
        lambda w: {"pk": RoutingRule.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (f"manage:{name}" for name in "keeping guides guide_new answers synonyms synonym_new topics".split()),
        NOTHING,
    ),
    **dict.fromkeys((f"manage:{name}" for name in "laws search_index search_rebuild".split()), NOTHING),
    **dict.fromkeys(
        (f"manage:guide{name}" for name in " _edit _owner _publish _withdraw".split(" ")),
        lambda w: {"pk": w.guide.pk},
    ),
    **dict.fromkeys(
        (f"manage:answer{name}" for name in " _publish _decline _withdraw".split(" ")),
        lambda w: {"pk": w.answer.pk},
    ),
    "manage:topic_codes": lambda w: {"topic": "labour"},
    "manage:synonym_drop": lambda w: {"pk": w.synonym.pk},
    **dict.fromkeys(("manage:law", "manage:law_name"), lambda w: {"pk": w.article.law_id}),
    "board:figure": lambda w: {"code": "calls_answered"},
    "board:issued": lambda w: {"pk": w.letter.pk},
    **dict.fromkeys(
        (f"manage:group{name}" for name in " _robot _end".split(" ")), lambda w: {"pk": w.group.pk}
    ),
    **dict.fromkeys(
        (f"manage:endpoint{name}" for name in " _end _resend _key_new".split(" ")),
        lambda w: {"code": w.endpoint.code},
    ),
    "manage:endpoint_key_retire": lambda w: {"code": w.endpoint.code, "pk": w.endpoint.keys.get().pk},
    "manage:partner_states": _partner,
    "manage:station_qr": _code,
    "api_hook": lambda w: {"code": w.endpoint.code},
    "api:event": _number,
    **dict.fromkeys(("desk:wechat_take", "desk:wechat_settle"), lambda w: {"pk": w.message.pk}),
    "wechat:ask": lambda w: {"token": "x" * 43},
    "desk:guidance_answer": lambda w: {"pk": w.question.pk},
    "desk:guidance_ask": _number,
    "public:guidance_own": lambda w: {"token": "x" * 43},
    **dict.fromkeys(("manage:notice", "manage:resend"), lambda w: {"pk": w.notice.pk}),
    "manage:way": lambda w: {"code": "console"},
    **dict.fromkeys(
        (f"manage:wording{name}" for name in " _edit _reset".split(" ")),
        lambda w: {"template": "case_received"},
    ),
    "manage:dated": lambda w: {"book": "aid"},
    "manage:dated_new": lambda w: {"what": "line"},
    **dict.fromkeys(
        (f"manage:dated_{name}" for name in "entry end".split()),
        lambda w: {"what": "matter", "pk": Matter.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (
            *(f"days:{name}" for name in "home token worker needs take coverage terms host block".split()),
            *(f"days:{name}" for name in "limit_find plans plan_make".split()),
            *("public:days", "kiosk:days"),
        ),
        NOTHING,
    ),
    **dict.fromkeys((f"days:need_{name}" for name in "end urgent show".split()), lambda w: {"pk": w.need.pk}),
    **dict.fromkeys(
        (
            *(f"days:plan{name}" for name in " _edit _add _progress _drop _print".split(" ")),
            *(f"days:{name}" for name in "propose take_proposal publish adjust".split()),
        ),
        lambda w: {"pk": w.plan.pk},
    ),
    "days:plan_day": lambda w: {"pk": w.plan.pk, "day_pk": w.draft_day.pk},
    **dict.fromkeys(
        (
            *(f"days:{name}" for name in "day stand sign_in stand_in close cancel poster".split()),
            *("public:reserve", "kiosk:reserve"),
        ),
        lambda w: {"pk": w.service_day.pk},
    ),
    "days:looked_at": lambda w: {"pk": w.record.pk},
    "days:host_end": lambda w: {"pk": w.host.pk},
    "days:unblock": lambda w: {"pk": w.block.pk},
    "days:limit": lambda w: {"code": w.worker.code},
    "days:point": lambda w: {"code": w.station.code},
    **dict.fromkeys((f"aid:{name}" for name in "home lawyers lawyer_find".split()), NOTHING),
    **dict.fromkeys(
        (f"oversight:{name}" for name in "villages trip_new supervisions stations begin".split()), NOTHING
    ),
    "oversight:trip_strike": lambda w: {"pk": w.trip.pk},
    **dict.fromkeys(
        (f"oversight:{name}" for name in "village village_class adviser_new".split()),
        lambda w: {"code": w.trip.region_id},
    ),
    "oversight:adviser_end": lambda w: {"pk": w.adviser_term.pk},
    "oversight:teach": lambda w: {"code": w.savvy.code},
    **dict.fromkeys(
        (f"oversight:{name}" for name in "supervision answer send_back close".split()),
        lambda w: {"pk": w.supervision.pk},
    ),
    "oversight:supervise": _number,
    **dict.fromkeys(
        (f"oversight:{name}" for name in "review points appeal judge model".split()),
        lambda w: {"pk": w.review.pk},
    ),
    **dict.fromkeys((f"mediation:{name}" for name in "home committees committee_new".split()), NOTHING),
    **dict.fromkeys(
        (f"mediation:{name}" for name in "committee committee_edit seat".split()),
        lambda w: {"pk": w.member.committee_id},
    ),
    "mediation:unseat": lambda w: {"pk": w.member.committee_id, "member_pk": w.member.pk},
    **dict.fromkeys(("mediation:file", "mediation:file_pdf"), lambda w: {"number": w.mediation_case.number}),
    **dict.fromkeys((f"seat:{name}" for name in "home in out say strip number".split()), NOTHING),
    **dict.fromkeys(
        (f"seat:{name}" for name in "call none aid recording".split()), lambda w: {"pk": w.call.pk}
    ),
    "aid:lawyer": lambda w: {"code": w.aid_lawyer.code},
    **dict.fromkeys(
        (
            *(f"door:{name}" for name in "home record calendar take openings opening_new".split()),
            *(f"door:{name}" for name in "reception proposal materials came".split()),
            *(f"{face}:{name}" for face in ("public", "kiosk") for name in ("book", "visit_enter")),
            *(f"door:{name}" for name in "sit next ticket hall homes".split()),
        ),
        NOTHING,
    ),
    **dict.fromkeys(
        (f"door:{name}" for name in "visit served show move cancel matter join missed".split()),
        lambda w: {"pk": w.visit.pk},
    ),
    "door:said": lambda w: {"pk": w.leader_visit.pk},
    **dict.fromkeys(("door:opening_end", "door:break"), lambda w: {"pk": w.opening.pk}),
    "door:act": lambda w: {"pk": w.visit.pk, "verb": "call"},
    **dict.fromkeys(("public:ticket", "kiosk:ticket", "screen:hall", "screen:now"), _code),
    "door:lift": lambda w: {"pk": w.gap.pk},
    **dict.fromkeys(("public:slot", "kiosk:slot"), lambda w: {"slot": f"{w.opening.pk}-29000000"}),
    **dict.fromkeys(
        (f"{face}:visit{name}" for face in ("public", "kiosk") for name in ("", "_move", "_cancel", "_rate")),
        lambda w: {"code": w.visit.code},
    ),
    "manage:calendar_year": lambda w: {"year": timezone.localdate().year},
    "manage:sheet_in": lambda w: {"what": "workers"},
    "manage:sheet_out": lambda w: {"what": "workers", "suffix": "csv"},
    "auth:slip": lambda w: {"secret": "x" * 43},
    "auth:kept": lambda w: {"token": "x" * 43},
    "mfa_remove_webauthn": lambda w: {"pk": 1},
    "mfa_edit_webauthn": lambda w: {"pk": 1},
    "None": lambda w: {"rest": "nothing"},
}
"""The address that has no name is the API's last: what is not there."""
