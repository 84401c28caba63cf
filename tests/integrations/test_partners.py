"""Orders between two systems: the wire, and a partner that does everything wrong."""

import json
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.enums import MessageKind, State
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations.fakes import Asked, FakeServer
from mingbai.integrations.http import Answer
from mingbai.integrations.models import Delivery, Exchange, Order
from mingbai.integrations.partners.actions import (
    EndpointTerms,
    Said,
    give,
    hear,
    make_endpoint,
    new_secret,
    queue,
    resend,
    retire_key,
    say,
    set_state_name,
)
from mingbai.integrations.partners.deliver import MOST_REFUSALS, deliver_all, forget_old
from mingbai.integrations.partners.enums import DeliveryState, OrderState, Verb
from mingbai.integrations.partners.news import read_on
from mingbai.integrations.partners.queries import good_secrets
from mingbai.integrations.partners.signing import DELIVERY, headers, verify
from mingbai.integrations.partners.sim import Sim
from mingbai.people import actions as people
from tests.cases.factories import NORTH, SOUTH, TOWN_SOUTH, VILLAGE, City, make_city, make_opened
from tests.people.factories import make_worker
from tests.web.api.calls import body, problem
from tests.web.desk.pages import errors, signed_in

# ── orders to us ──

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def api(city) -> Client:
    key = people.issue_key(by=SYSTEM, partner=city.partner)
    return Client(headers={"Authorization": f"Bearer {key}"})


def post(api, path, **sent):
    return api.post(f"/api/v1/{path}", json.dumps(sent), content_type="application/json")


def offer(api, number="A-1", **changes):
    return post(api, "orders", **body(partner_number=number, **changes))


class Receiver:
    """The partner's side of the line: keeps what arrives, or fails as it is told."""

    def __init__(self):
        self.bodies, self.answers = [], []

    def __call__(self, url, sent, given__):
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        self.bodies.append(json.loads(sent))
        return Answer(200, json.dumps({"received": given__[DELIVERY]}).encode())


def sent_to(receiver, at=None):
    read_on()
    deliver_all(at or timezone.now() + timedelta(hours=1), send=receiver)
    return [(one.get("verb", one["event"]), one.get("state")) for one in receiver.bodies]


def test_an_order_is_a_matter_with_both_numbers_and_comes_once(api, city):
    first, again = offer(api), offer(api)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert first.json()["their_number"] == "A-1" and Case.objects.count() == 1
    problem(offer(api, text="另一件事"), 409, "key_reused")
    order = Order.objects.get()
    assert order.waits_on == "us" and order.accept_by > timezone.now() + timedelta(days=1)
    for number in ("A-1", order.case.number):
        assert api.get(f"/api/v1/orders/{number}").json()["state"] == "offered"


def test_another_partner_sees_and_says_nothing(api, city):
    offer(api)
    other = people.make_partner(by=SYSTEM, code="other", name="省网")
    theirs = Client(headers={"Authorization": f"Bearer {people.issue_key(by=SYSTEM, partner=other)}"})
    problem(theirs.get("/api/v1/orders/A-1"), 404, "not_found")
    problem(
        post(theirs, f"orders/{Case.objects.get().number}/events", seq=1, verb="withdraw"), 404, "not_found"
    )
    assert theirs.get("/api/v1/orders").json() == []
    assert offer(theirs).status_code == 201, "the same number of another partner is another order"


def test_what_our_people_do_is_told_to_the_partner_in_order(api, city, line):
    offer(api)
    case, receiver = Case.objects.get(), Receiver()
    worker = make_worker(case.station, "何律")
    work.take_up(case=case, by=SYSTEM, worker=worker)
    work.answer(case=case, by=SYSTEM, text="可以申请劳动仲裁。")
    set_state_name(by=SYSTEM, partner=city.partner, state="answered", code="05", name="已反馈")
    assert sent_to(receiver) == [("accept", "accepted"), ("answer", "answered")]
    last = receiver.bodies[-1]
    assert last["text"] == "可以申请劳动仲裁。" and last["their_number"] == "A-1"
    assert (last["state_code"], last["state_name"]) == ("05", "已反馈")
    assert sent_to(receiver) == [("accept", "accepted"), ("answer", "answered")], "once"
    assert Order.objects.get().waits_on == "them"


def test_an_answer_at_once_says_first_that_it_was_taken_up(api, city, line):
    offer(api)
    work.answer(case=Case.objects.get(), by=SYSTEM, text="可以。")
    assert [verb for verb, _state in sent_to(Receiver())] == ["accept", "answer"]


def test_what_is_not_ours_goes_back_with_the_reason(api, city, line):
    offer(api)
    work.refuse(case=Case.objects.get(), by=SYSTEM, reason="已在诉讼", remedy="请等法院")
    receiver = Receiver()
    assert sent_to(receiver) == [("decline", "declined")]
    assert "已在诉讼" in receiver.bodies[0]["text"]


def test_an_unhappy_call_back_opens_the_matter_again(api, city, line):
    offer(api)
    case = Case.objects.get()
    work.answer(case=case, by=SYSTEM, text="可以。")
    sent_to(Receiver())
    order = Order.objects.get()
    told = post(
        api, "orders/A-1/events", seq=1, verb="call_back", on=order.answer, happy=False, text="没解决"
    )
    assert told.json()["state"] == "working"
    case.refresh_from_db()
    assert case.state == State.IN_PROGRESS
    again = post(
        api, "orders/A-1/events", seq=1, verb="call_back", on=order.answer, happy=False, text="没解决"
    )
    assert again.status_code == 200 and Exchange.objects.filter(is_ours=False).count() == 1


def test_withdrawn_by_the_partner_is_withdrawn_here(api, city):
    offer(api)
    assert post(api, "orders/A-1/events", seq=1, verb="withdraw").json()["state"] == "withdrawn"
    assert Case.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"seq": 2, "verb": "withdraw"}, 409, "gap"),
        ({"seq": 1, "verb": "answer", "text": "x"}, 409, "contradiction"),
        ({"seq": 1, "verb": "call_back", "on": 3}, 409, "contradiction"),
        ({"seq": 1, "verb": "explode"}, 422, "unknown_verb"),
        ({"seq": 0, "verb": "withdraw"}, 422, "invalid"),
        ({"seq": -1, "verb": "withdraw"}, 422, "invalid"),
        ({"seq": "x", "verb": "withdraw"}, 422, "invalid"),
        ({"verb": "withdraw"}, 422, "invalid"),
        ({"seq": 1, "verb": "withdraw", "text": "字" * 6000}, 422, "invalid"),
    ],
)
def test_what_a_partner_may_not_say(api, city, sent, status, code):
    offer(api)
    problem(post(api, "orders/A-1/events", **sent), status, code)
    assert Order.objects.get().last_in == 0 and Case.objects.get().state == State.RECEIVED


def test_a_contradiction_stands_in_the_log(api, city):
    offer(api)
    post(api, "orders/A-1/events", seq=1, verb="answer", text="x")
    assert [(one.verb, one.outcome) for one in Exchange.objects.all()] == [("answer", "contradiction")]


def test_a_silent_partner_catches_up_page_by_page(api, city):
    for at in range(5):
        offer(api, f"A-{at}", text=f"第{at}件")
    page = api.get("/api/v1/orders", {"limit": 3}).json()
    rest = api.get("/api/v1/orders", {"since": page[-1]["moved_at"]}).json()
    assert [one["their_number"] for one in page + rest] == [f"A-{at}" for at in range(5)]
    problem(api.get("/api/v1/orders", {"since": "gestern"}), 422, "invalid")


# ── orders to them ──


@pytest.fixture
def given_out(city, line) -> Order:
    case = make_opened(text="拖欠工资", name="孙桂芳", phone="13812345678", region=VILLAGE).case
    return give(by=SYSTEM, case=case, partner=city.partner, text="请协查用工登记")


def test_an_order_goes_out_without_name_unless_agreed_and_their_answer_is_for_our_owner(api, given_out):
    receiver = Receiver()
    sent_to(receiver)
    assert receiver.bodies[0]["number"] == given_out.case.number
    assert "孙桂芳" not in json.dumps(receiver.bodies, ensure_ascii=False)
    events = f"orders/{given_out.case.number}/events"
    assert post(api, events, seq=1, verb="accept", their_number="B-9").json()["their_number"] == "B-9"
    assert post(api, "orders/B-9/events", seq=2, verb="answer", text="已登记").json()["state"] == "answered"
    given_out.refresh_from_db()
    assert (given_out.waits_on, given_out.their_number) == ("us", "B-9")
    [note] = given_out.case.messages.filter(kind=MessageKind.NOTE, text_sealed__isnull=False)[1:]
    assert "已登记" in note.text and not note.is_public
    assert say(by=SYSTEM, order=given_out, verb=Verb.CALL_BACK, source="x", happy=True)
    assert Order.objects.get().state == OrderState.CLOSED
    assert not say(by=SYSTEM, order=given_out, verb=Verb.CALL_BACK, source="y", happy=True)


def test_the_owner_hands_a_matter_over_and_calls_back_through_pages(api, city, line):
    station = city.stations[SOUTH]
    case = make_opened(text="拖欠工资", region=TOWN_SOUTH, keep_at=station.code).case
    client, url = signed_in(city.charlie), f"/desk/cases/{case.number}/give/"
    assert "填写" in errors(client.post(url, {"partner": city.partner.pk, "text": " "}))
    client.post(url, {"partner": city.partner.pk, "text": "请协查"})
    assert "已经转给" in errors(client.post(url, {"partner": city.partner.pk, "text": "请协查"}))
    order = Order.objects.get()
    back = f"/desk/cases/{case.number}/orders/{order.pk}/"
    assert client.get(back).status_code == 404, "not answered yet"
    events = f"orders/{case.number}/events"
    for seq, verb in enumerate(("accept", "answer"), start=1):
        assert back not in client.get(f"/desk/cases/{case.number}/beside/").content.decode()
        post(api, events, seq=seq, verb=verb, text="查过了")
    assert back in client.get(f"/desk/cases/{case.number}/beside/").content.decode()
    assert errors(client.post(back, {"happy": "maybe"}))
    client.post(back, {"happy": "no", "text": "还没有"})
    assert Order.objects.get().state == OrderState.WORKING
    other = make_opened(text="别处", region=NORTH, keep_at=city.stations[NORTH].code).case
    assert client.get(f"/desk/cases/{other.number}/give/").status_code == 404


def test_a_decline_needs_a_reason_and_its_time(given_out):
    def decline(text, **more):
        return hear(by=SYSTEM, order=given_out, said=Said(1, "decline", text), **more)

    with pytest.raises(Refused) as bare:
        decline(" ")
    with pytest.raises(Refused) as late:
        decline("不是我们的事", now=given_out.accept_by + timedelta(minutes=1))
    assert (bare.value.code, late.value.code) == ("reason_missing", "period_over")
    assert decline("不是我们的事").state == OrderState.DECLINED


def test_a_matter_is_given_once_and_only_where_there_is_a_line(city, given_out):
    with pytest.raises(Refused) as twice:
        give(by=SYSTEM, case=given_out.case, partner=city.partner, text="再转")
    other = people.make_partner(by=SYSTEM, code="other", name="省网")
    with pytest.raises(Refused) as nowhere:
        give(by=SYSTEM, case=given_out.case, partner=other, text="转")
    assert (twice.value.code, nowhere.value.code) == ("given_already", "no_endpoint")


# ── the line ──


def fill(line, number):
    for at in range(number):
        queue(
            by=SYSTEM, endpoint=line, source=f"t:{at}", event="order.event", about="x", body={"verb": str(at)}
        )


def test_a_partner_down_for_a_day_gets_everything_afterwards_in_order_and_once(line):
    receiver, now = Receiver(), timezone.now()
    fill(line, 3)
    for hour in range(24):
        receiver.answers = [ConnectionRefusedError("down")]
        assert deliver_all(now + timedelta(hours=hour), send=receiver) == 0
    fill_more = [queue(by=SYSTEM, endpoint=line, source="t:9", event="e", about="x", body={"verb": "9"})]
    assert fill_more and deliver_all(now + timedelta(hours=30), send=receiver) == 4
    assert [one["verb"] for one in receiver.bodies] == ["0", "1", "2", "9"]
    assert deliver_all(now + timedelta(hours=31), send=receiver) == 0


def test_an_endpoint_that_is_away_holds_up_nobody_else(city, line):
    other = make_endpoint(by=SYSTEM, terms=EndpointTerms("city", "市", "https://city.invalid/", ("order",)))
    new_secret(by=SYSTEM, endpoint=other)
    fill(line, 1)
    fill(other, 1)
    receiver = Receiver()
    receiver.answers = [OSError("away")] if line.pk < other.pk else []
    assert deliver_all(timezone.now(), send=receiver) == 1


@pytest.mark.parametrize("nonsense", [b"OK", b"", b"{}", b"[]", b'{"received": "other"}', b"\xff"])
def test_a_200_with_nonsense_is_no_receipt(line, nonsense):
    fill(line, 1)
    receiver = Receiver()
    receiver.answers = [Answer(200, nonsense)]
    assert deliver_all(timezone.now(), send=receiver) == 0
    assert deliver_all(timezone.now() + timedelta(hours=1), send=receiver) == 1
    assert "receipt" in Delivery.objects.get().error or Delivery.objects.get().state == DeliveryState.SENT


def test_a_message_that_is_always_refused_is_set_aside_and_sent_again_by_hand(line):
    fill(line, 2)
    receiver, now = Receiver(), timezone.now()
    for at in range(MOST_REFUSALS):
        receiver.answers = [Answer(422, b"{}")]
        deliver_all(now + timedelta(hours=at), send=receiver)
    dead = Delivery.objects.get(state=DeliveryState.FAILED)
    assert [one["verb"] for one in receiver.bodies] == ["1"] and dead.seq == 1
    assert resend(by=SYSTEM, endpoint=line, deliveries=[dead]) == 1
    assert deliver_all(now, send=receiver) == 1


def test_keys_rotate_without_a_gap(line):
    [old] = line.keys.all()
    new_secret(by=SYSTEM, endpoint=line)
    assert len(good_secrets(line)) == 2
    retire_key(by=SYSTEM, key=old)
    fill(line, 1)
    seen = []

    def receiver(url, sent, given__):
        verify(good_secrets(line), given__, sent, time.time())
        seen.append(given__["X-Mingbai-Key"])
        return Answer(200, json.dumps({"received": given__[DELIVERY]}).encode())

    deliver_all(timezone.now(), send=receiver)
    assert seen == [line.keys.get(retired_at=None).name]


def test_without_a_key_nothing_leaves_unsigned(city):
    bare = make_endpoint(by=SYSTEM, terms=EndpointTerms("bare", "x", "https://x.invalid/", ("order",)))
    fill(bare, 1)
    receiver = Receiver()
    assert deliver_all(timezone.now(), send=receiver) == 0 and receiver.bodies == []


def test_over_a_real_line_a_delivery_arrives_signed(city):
    with FakeServer(lambda asked: (200, json.dumps({"received": asked.headers[DELIVERY]}).encode())) as fake:
        terms = EndpointTerms("real", "市平台", f"{fake.url}/hook", ("case.created", "case.rated"))
        endpoint = make_endpoint(by=SYSTEM, terms=terms)
        _name, secret = new_secret(by=SYSTEM, endpoint=endpoint)
        case = make_opened(text="拖欠工资", name="孙桂芳", phone="13812345678").case
        read_on()
        assert deliver_all(timezone.now()) == 1
        asked: Asked = fake.asked[0]
        verify({_name: secret}, asked.headers, asked.body, time.time())
        said = json.loads(asked.body)
        assert (said["event"], said["number"]) == ("case.created", case.number)
        assert "孙桂芳" not in asked.body.decode() and "拖欠" not in asked.body.decode()
    work.answer(case=case, by=SYSTEM, text="x")
    assert read_on() == 0, "it did not ask for states"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (EndpointTerms("Bad Code", "x", "https://x/", ("order",)), "bad_code"),
        (EndpointTerms("x", "x", "http://evil.example/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "file:///etc/passwd", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://x:99999/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://a..b/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://127.0.0.1/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://[::ffff:127.0.0.1]/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://169.254.169.254/", ("order",)), "bad_address"),
        (EndpointTerms("x", "x", "https://x/", ("none",)), "bad_choice"),
        (EndpointTerms("x", "x", "https://x/", ()), "bad_choice"),
        (EndpointTerms("x", " ", "https://x/", ("order",)), "empty_text"),
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused(terms, code):
    with pytest.raises(Refused) as refused:
        make_endpoint(by=SYSTEM, terms=terms)
    assert refused.value.code == code


def test_bodies_are_sealed_and_forgotten(line):
    fill(line, 1)
    row = Delivery.objects.get()
    assert b"verb" not in bytes(row.body_sealed)
    later = timezone.now() + timedelta(days=91)
    assert forget_old(later) == 0, "it still waits"
    deliver_all(timezone.now(), send=Receiver())
    assert forget_old(later) == 1 and Delivery.objects.get().body == ""


# ── signed webhooks of theirs ──


def hook(line, sent, *, at=None, key=None):
    [(name, secret)] = good_secrets(line).items()
    raw = json.dumps(sent).encode()
    made = headers(name, key or secret, at or int(time.time()), raw, "d-1")
    return Client().post("/api/v1/hooks/line/", raw, content_type="application/json", headers=made)


def test_a_signed_webhook_says_the_same_as_the_api(api, city, line):
    offer(api)
    sent = {"number": "A-1", "seq": 1, "verb": "withdraw"}
    assert hook(line, sent, key="wrong").status_code == 401
    assert hook(line, sent, at=int(time.time()) - 400).status_code == 401
    assert hook(line, sent).json()["state"] == "withdrawn"
    assert hook(line, sent).status_code == 200, "a replay changes nothing"
    assert Exchange.objects.count() == 1
    problem(hook(line, {**sent, "number": "none"}), 404, "not_found")
    problem(hook(line, {"number": 7}), 422, "invalid")
    problem(hook(line, {**sent, "seq": 5}), 409, "gap")
    problem(hook(line, {**sent, "seq": 2, "verb": "explode"}), 422, "unknown_verb")
    assert Client().post("/api/v1/hooks/none/", b"", content_type="application/json").status_code == 401
    assert hook(line, {"text": "x" * 70_000}).status_code == 413


# ── both together ──


def test_a_partner_that_does_everything_wrong_and_we_agree_at_the_end(city):
    """The short form of `make bench ARGS=partners`: a fifth of all calls fails, either way."""
    make_worker(city.stations[next(iter(city.stations))], "何律")
    told = Sim(seed=3, faults=0.2).run(60)
    assert (told["disagree"], told["waiting"]) == (0, 0), told
    assert told["faults"] > 5 and told["orders"] > 5


def test_the_simulator_is_a_command_that_leaves_nothing(city, capsys):
    make_worker(city.stations[next(iter(city.stations))], "何律")
    call_command("partner_sim", exchanges=20, faults=0.0)
    assert json.loads(capsys.readouterr().out)["disagree"] == 0
    assert not Order.objects.exists()
    with pytest.raises(CommandError):
        call_command("partner_sim", faults=2)
