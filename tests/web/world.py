"""One object of every sort in a county: what nobody of another county may see or change."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mingbai.cases.actions import files, handover, work
from mingbai.cases.models import Attachment, Case
from mingbai.core.actor import SYSTEM
from mingbai.figures.actions import issue_letter
from mingbai.figures.models import IssuedLetter
from mingbai.figures.rules import Period
from mingbai.hotline.actions import quality
from mingbai.hotline.actions.switch import offer
from mingbai.hotline.models import Announcement, Call, Inspection
from mingbai.hotline.queries.quality import sheet_on
from mingbai.integrations.callrecords.actions import SourceTerms, make_source
from mingbai.integrations.models import Endpoint, RecordSource, WeChatMessage
from mingbai.integrations.partners.actions import EndpointTerms, make_endpoint, new_secret
from mingbai.integrations.wechat.actions import receive
from mingbai.knowledge.actions import add_synonym
from mingbai.knowledge.models import Answer, Article, Guide, Synonym
from mingbai.legalaid import actions as aid
from mingbai.legalaid.models import Assessment, Assignment
from mingbai.legalaid.rules.application import Terms
from mingbai.mediation import actions as mediation
from mingbai.mediation.models import Member, Pass
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.notices.actions import notify, set_wording
from mingbai.notices.actions.groups import GroupTerms, ask_group, make_group
from mingbai.notices.models import Group, Notice, Question
from mingbai.oversight import actions as oversight
from mingbai.oversight.models import AdviserTerm, Evidence, Review, Supervision, VillageVisit
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
from mingbai.subsidies.actions import make_sheet
from mingbai.subsidies.models import Piece
from mingbai.subsidies.models import Sheet as PaySheet
from mingbai.visits.actions import openings
from mingbai.visits.actions.bookings import Wish as Booked
from mingbai.visits.actions.bookings import take_slot
from mingbai.visits.models import Break, Opening, Visit
from mingbai.visits.rules.openings import Terms as OpeningTerms
from mingbai.visits.rules.visits import Visitor
from mingbai.web.pay.proof import issue_proof
from tests.cases.factories import CITY, City, make_intake, make_opened
from tests.knowledge import factories as knowledge
from tests.people.factories import make_user, make_worker
from tests.servicedays.factories import next_month, workdays
from tests.subsidies.factories import make_earned, make_rate

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
    part: Pass
    member: Member
    aid_lawyer: Worker
    aid_case: Case
    assessment: Assessment
    trip: VillageVisit
    adviser_term: AdviserTerm
    savvy: Worker
    supervision: Supervision
    review: Review
    photo: Evidence
    paper: Paper
    notice: Notice
    group: Group
    question: Question
    message: WeChatMessage
    endpoint: Endpoint
    sets_endpoint: Endpoint
    call: Call
    inspection: Inspection
    sound: Announcement
    source: RecordSource
    piece: Piece
    sheet: PaySheet
    proof: Paper

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
        mediation_case=(mediated := _mediation_case(station, town)),
        part=mediation.invite(
            case=mediated, by=SYSTEM, party=mediated.mediation_parties.get(side="other").pk
        ),
        member=_member(region, station),
        **_aid_papers(station, town, worker),
        **_pay(city, region, worker),
        **_days(city, county, town),
        letter=_letter(region),
        notice=_dead_letter(),
        **_groups(region, case),
        message=_message(),
        endpoint=_endpoint(),
        sets_endpoint=_sets_endpoint(city),
        **_door(city, county),
        **_oversight(city, county, town, case),
        # Known to be of this county by the telephone of its matters.
        call=offer(by=SYSTEM, station=CITY, key="w.1", at=timezone.now(), number=PHONE, dialled="12348"),
        inspection=_inspection(station, case, worker),
        sound=_sound(city),
        source=make_source(
            by=SYSTEM,
            code="world",
            station=city.stations[CITY],
            terms=SourceTerms("省平台", {"uid": "id", "offered": "start"}),
        ),
    )


def _sound(city: City) -> Announcement:
    """Of the line, which is the city's: nobody of a county keeps it. Its file is nowhere."""
    terms = {"spoken": "notice", "path": "sounds/world", "digest": "", "seconds": 1.0, "made_by": "W"}
    return Announcement.objects.create(station=city.stations[CITY], made_at=timezone.now(), **terms)


def _inspection(station: Station, case: Case, worker: Worker) -> Inspection:
    """A drawn answer of this worker, scored, with a remark that nobody elsewhere may read."""
    yesterday = timezone.localdate() - timedelta(days=1)
    row = quality.draw(by=SYSTEM, station=station, first=yesterday, last=yesterday, share=5)
    one = Inspection.objects.create(draw=row, case=case, worker=worker)
    sheet = sheet_on(timezone.localdate())
    points = [line["points"] for line in sheet.lines] if sheet else []
    return quality.score(by=SYSTEM, inspection=one, points=points, remark=TEXT) if sheet else one


def _dead_letter() -> Notice:
    """A notice that could not be sent, and words of its template that were changed."""
    notify(
        by=SYSTEM, event="world:1", to="resident:0", transport="console", template="case_received",
        address=PHONE, context={"number": "", "kind": "", "hotline": ""},
    )  # fmt: skip
    Notice.objects.filter(event="world:1").update(state="failed")
    set_wording(by=SYSTEM, template="case_received", subject="收到", body="{{ number }}")
    return Notice.objects.get(event="world:1")


def _sets_endpoint(city: City) -> Endpoint:
    terms = EndpointTerms("sets", "省公共法律服务网", "", (), city.partner, "sets")
    return make_endpoint(by=SYSTEM, terms=terms)


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
    review = Review.objects.get(station=city.stations[county])
    picture = b"\x89PNG\r\n\x1a\n" + county.encode()
    return {
        "photo": oversight.add_photo(
            by=SYSTEM, mark=review.marks.earliest("pk"), name="a.png", stream=io.BytesIO(picture), size=20
        ),
        "trip": oversight.write_visit(by=SYSTEM, worker=lawyer, trip=trip),
        "adviser_term": oversight.name_adviser(by=SYSTEM, worker=lawyer, region=village, since=today),
        "savvy": people.register_worker(
            by=SYSTEM, name="明白人", post=Post.LAW_SAVVY_VILLAGER, region=village
        ),
        "supervision": oversight.start_supervision(by=SYSTEM, case=case, reason=TEXT),
        "review": review,
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


def _aid_papers(station: Station, town: str, worker: Worker) -> dict[str, Any]:
    """A matter with a paper, and with a review of somebody's work in it (as rows: it is not closed)."""
    case, lawyer = _aid_case(station, town), _aid_lawyer(station)
    paper = aid.issue_paper(case=case, by=SYSTEM, kind="aid_receipt")
    at = timezone.now()
    ended = Assignment.objects.create(
        case=case, worker=worker, state="ended", assigned_by="x", assigned_at=at, ended_at=at
    )
    made = Assessment.objects.create(
        case=case, assignment=ended, reviewer=lawyer, picked="chosen", picked_by="x", picked_at=at
    )
    return {"aid_case": case, "paper": paper, "aid_lawyer": lawyer, "assessment": made}


def _pay(city: City, region: Region, worker: Worker) -> dict[str, Any]:
    """A piece that is due, and a sheet of the month before with another one in it."""
    before = timezone.localdate().replace(day=1) - timedelta(days=1)
    make_rate(city, region=region.pk, on=before)
    old, due = (make_earned(worker, f"{region.pk}:{n}", on=before, region=region.pk) for n in range(2))
    made = make_sheet(by=SYSTEM, region=region, month=before.year * 100 + before.month)
    Piece.objects.filter(pk=due.pk).update(state="earned", sheet=None)
    proof = issue_proof(by=SYSTEM, worker=worker, first=before, last=before, event=region.pk)
    assert proof is not None
    return {"piece": Piece.objects.get(pk=due.pk), "sheet": made, "proof": proof}


def _case(city: City, station: Station, worker: Worker, town: str) -> Case:
    opened = make_opened(name=NAME, phone=PHONE, text=TEXT, region=town, keep_at=station.code)
    case = work.take_up(case=opened.case, by=SYSTEM, worker=worker)
    files.attach(
        case=case, by=SYSTEM, name="照片.png", stream=io.BytesIO(PNG), size=len(PNG), by_resident=True
    )
    handover.offer(case=case, by=SYSTEM, to=city.stations[town], reason="在那边更近")
    return Case.objects.get(pk=case.pk)
