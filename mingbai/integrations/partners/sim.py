"""A partner that behaves as partners do: it sends and answers, goes silent, repeats itself, contradicts
itself, and its line breaks at any point. At the end both sides must say the same of every order.

It runs in this process on the database of this process: through our API as a partner does, and as the
receiver of our signed webhooks. Its books are its own; it shares the pure rules only, as the contract.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.test import Client
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.cases.rules.states import may
from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.integrations.http import Answer
from mingbai.integrations.models import Endpoint, Exchange, Order
from mingbai.integrations.partners.actions import EndpointTerms, give, make_endpoint, new_secret, say
from mingbai.integrations.partners.deliver import deliver_all
from mingbai.integrations.partners.enums import Direction, OrderState, Verb
from mingbai.integrations.partners.news import read_on
from mingbai.integrations.partners.rules import HANDLER, Tracks, given, handled
from mingbai.integrations.partners.signing import DELIVERY, verify
from mingbai.notices.transports import Unsure
from mingbai.people.actions import issue_key, make_partner, register_worker
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.models import Region

LATELY = 120


@dataclass
class Book:
    """What the partner knows of one order. `we_handle`: the matter is with us, they gave it."""

    theirs: str
    we_handle: bool
    ours: str = ""
    tracks: Tracks = field(default_factory=Tracks)
    sent: int = 0
    heard: int = 0
    opening: dict[str, Any] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answers(self) -> int:
        return self.tracks.answer


@dataclass
class Sim:
    """`faults`: the share of calls, either way, that go wrong."""

    seed: int = 0
    faults: float = 0.2
    books: dict[str, Book] = field(default_factory=dict)
    by_ours: dict[str, Book] = field(default_factory=dict)
    received: dict[str, bool] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    silent: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        code = f"partner-sim-{self.seed}-{int(time.time() * 1000) % 10**9}"
        self.partner = make_partner(by=SYSTEM, name="模拟热线", code=code[:32])
        terms = EndpointTerms(self.partner.code, "模拟热线", "https://sim.invalid/hook", (), self.partner)
        self.endpoint = make_endpoint(by=SYSTEM, terms=terms)
        self.secrets = dict([new_secret(by=SYSTEM, endpoint=self.endpoint)])
        key = issue_key(by=SYSTEM, partner=self.partner)
        self.client = Client(headers={"Authorization": f"Bearer {key}", "Host": "127.0.0.1"})
        self.now = timezone.now()
        village = Region.objects.filter(level="village").order_by("code").first()
        if village is None:
            raise RuntimeError("found a city first")
        self.region = village.code
        if not Worker.objects.active().exists():
            register_worker(by=SYSTEM, name="模拟承办人", post=Post.WINDOW_CLERK, region=village)

    # ── the run ──

    def run(self, exchanges: int) -> dict[str, Any]:
        """Exchange until so many words were said, then let the line be whole and compare."""
        while self._said() < exchanges:
            for _turn in range(10):
                self._turn()
            self._post()
        share, self.faults, self.silent = self.faults, 0.0, 0
        for _round in range(200):
            if not self._flush() and not self._post():
                break
        self.faults = share
        return self.compare()

    def _said(self) -> int:
        return Exchange.objects.filter(order__partner=self.partner).count()

    def _post(self) -> int:
        """Our worker's job; an hour passes each time, so that waiting lines are tried again."""
        self.now += timedelta(hours=1)
        return read_on() + deliver_all(self.now, send=self.receive)

    def _turn(self) -> None:
        if self.silent:
            self.silent -= 1
        elif self.dice.random() < 0.01:
            self.silent = 20
            self.counts["silences"] += 1
        act = self.dice.choice((self._open, self._they_act, self._they_act, self._staff, self._staff))
        act()
        if not self.silent:
            self._flush()

    # ── they speak ──

    def _open(self) -> None:
        if self.dice.random() < 0.7:
            return
        if self.dice.random() < 0.3:
            return self._we_give()
        theirs = f"SIM-{self.seed}-{len(self.books)}"
        book = Book(theirs, we_handle=True)
        book.opening = {"partner_number": theirs, "region": self.region, "text": f"工资被拖欠（{theirs}）"}
        self.books[theirs] = book

    def _they_act(self) -> None:
        """Say something that their own track allows; now and then something that it does not."""
        book = self._any(lambda one: bool(one.ours) and not one.waiting)
        if book is None:
            return
        if self.dice.random() < 0.05:
            self._contradict(book)
        elif self.dice.random() < 0.1 and book.sent:
            self._repeat(book)
        elif word := self._word(book):
            book.waiting.append(word)

    def _word(self, book: Book) -> dict[str, Any]:
        tracks = book.tracks
        if not book.we_handle:
            verbs = [verb for verb, places in HANDLER.items() if tracks.handler in places]
            return {"verb": str(self.dice.choice(verbs)), "text": "我方意见"} if verbs else {}
        if tracks.judged < tracks.answer and not tracks.withdrawn:
            happy = self.dice.random() < 0.6
            return {"verb": "call_back", "on": tracks.answer, "happy": happy, "text": "回访"}
        if not tracks.withdrawn and self.dice.random() < 0.05:
            return {"verb": "withdraw", "text": "群众撤回"}
        return {}

    def _contradict(self, book: Book) -> None:
        verb = "answer" if book.we_handle else "call_back"
        status, _said = self._ask(f"/api/v1/orders/{book.theirs or book.ours}/events", book, verb)
        self.counts["contradictions"] += status == 409

    def _repeat(self, book: Book) -> None:
        body = {"seq": self.dice.randint(1, book.sent), "verb": "progress", "text": "重复"}
        self._call("POST", f"/api/v1/orders/{book.ours}/events", body)
        self.counts["repetitions"] += 1

    def _ask(self, path: str, book: Book, verb: str) -> tuple[int, Any]:
        return self._call("POST", path, {"seq": book.sent + 1, "verb": verb, "text": "矛盾", "on": 10**6})

    def _flush(self) -> int:
        """Send what waits, order by order; what fails waits for the next time."""
        return sum(self._send(book) for book in list(self.books.values()) if book.opening or book.waiting)

    def _send(self, book: Book) -> bool:
        if book.opening:
            status, said = self._call("POST", "/api/v1/orders", book.opening)
            if status in (200, 201):
                book.opening, book.ours = {}, said["number"]
                self.by_ours[book.ours] = book
            return status in (200, 201)
        word = book.waiting[0]
        body = {"seq": book.sent + 1, "their_number": book.theirs, **word}
        status, _said = self._call("POST", f"/api/v1/orders/{book.ours}/events", body)
        if status == 200:
            book.sent += 1
            self._apply(book, word, book.sent, by_handler=not book.we_handle)
            book.waiting.pop(0)
        elif status == 409:  # the order stands elsewhere: they give up this word
            book.waiting.pop(0)
            self.counts["given_up"] += 1
        return status in (200, 409)

    def _call(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """One request over a line that may break before, after, or say everything twice."""
        fault = self.dice.random() < self.faults and self.dice.choice(("before", "after", "twice"))
        if fault == "before":
            return self._broken()
        for _time in range(2 if fault == "twice" else 1):
            answer = self.client.generic(method, path, json.dumps(body), content_type="application/json")
        if fault == "after":
            return self._broken()
        return answer.status_code, json.loads(answer.content or b"null")

    def _broken(self) -> tuple[int, Any]:
        self.counts["faults"] += 1
        return 0, None

    # ── they hear ──

    def receive(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Our webhook arrives, or its receipt is lost, or they answer nonsense."""
        fault = self.silent or self.dice.random() < self.faults
        kind = self.dice.choice(("before", "after", "nonsense", "busy")) if fault else ""
        if self.silent or kind in ("before", "busy"):
            self.counts["faults"] += 1
            if kind == "busy":
                return Answer(503, b"")
            raise ConnectionRefusedError("the partner is away")
        verify(self.secrets, headers, body, time.time())
        self._take(headers[DELIVERY], json.loads(body))
        if kind:
            self.counts["faults"] += 1
            if kind == "nonsense":
                return Answer(200, b"<html>OK</html>")
            raise Unsure("the receipt was lost")
        return Answer(200, json.dumps({"received": headers[DELIVERY]}).encode())

    def _take(self, delivery: str, said: dict[str, Any]) -> None:
        if delivery in self.received:
            self.counts["second_sendings"] += 1
            return
        self.received[delivery] = True
        if said["event"] == "order.offered":
            theirs = f"SIM-{self.seed}-{len(self.books)}"
            book = self.books[theirs] = Book(theirs, we_handle=False, ours=said["number"])
            self.by_ours[book.ours] = book
            return
        book = self.by_ours.get(said["number"]) or self.books[said["their_number"]]
        if said["seq"] != book.heard + 1:
            raise AssertionError(f"{book.ours}: {said['seq']} after {book.heard}: not in order")
        book.heard = said["seq"]
        self._apply(book, said, said["seq"], by_handler=book.we_handle)

    def _apply(self, book: Book, said: Mapping[str, Any], seq: int, *, by_handler: bool) -> None:
        if by_handler:
            book.tracks = handled(book.tracks, said["verb"], seq)
        else:
            on, happy = int(said.get("on", 0)), bool(said.get("happy", False))
            book.tracks = given(book.tracks, said["verb"], on=on, happy=happy)

    # ── our people ──

    def _we_give(self) -> None:
        taken = Order.objects.values("case")
        case = Case.objects.open().exclude(pk__in=taken).order_by("-id").first()
        if case is not None:
            give(by=SYSTEM, case=case, partner=self.partner, text="请贵单位办理")

    def _staff(self) -> None:
        """Somebody of ours does what the matter allows."""
        orders = Order.objects.filter(partner=self.partner)
        lately = list(orders.order_by("-id").values_list("pk", flat=True)[: self._most()])
        if not lately:
            return
        order = orders.select_related("case").get(pk=self.dice.choice(lately))
        if order.direction == Direction.OUT:
            verb = Verb.CALL_BACK if self.dice.random() < 0.9 else Verb.WITHDRAW
            source, happy = f"sim:{order.pk}:{order.last_out}", self.dice.random() < 0.6
            say(by=SYSTEM, order=order, verb=verb, source=source, text="回访", happy=happy)
            return
        case, worker = order.case, Worker.objects.active().order_by("id").first()
        verbs = [verb for verb in ("take_up", "start", "answer", "refuse") if may(case.state, verb)]
        verb_ = self.dice.choice([*verbs, "note"] if worker else ["note"])
        try:
            self._do(case, verb_, worker)
        except Refused:
            self.counts["refused"] += 1

    def _do(self, case: Case, verb: str, worker: Worker | None) -> None:
        if verb == "take_up" and worker is not None:
            work.take_up(case=case, by=SYSTEM, worker=worker)
        elif verb == "start":
            work.start(case=case, by=SYSTEM)
        elif verb == "answer":
            work.answer(case=case, by=SYSTEM, text=f"答复 {self.dice.random()}")
        elif verb == "refuse" and self.dice.random() < 0.3:
            work.refuse(case=case, by=SYSTEM, reason="不属于法律服务", remedy="请找主管部门")
        else:
            work.note(case=case, by=SYSTEM, text="备注")

    def _any(self, wanted: Any) -> Book | None:
        lately = islice(reversed(self.books.values()), self._most())
        found = [book for book in lately if wanted(book)]
        return self.dice.choice(found) if found else None

    def _most(self) -> int:
        """Mostly what is fresh is talked about; now and then what is over long since."""
        return LATELY if self.dice.random() < 0.9 else 10**6

    # ── the end ──

    def compare(self) -> dict[str, Any]:
        """Order by order: both numbers, the state, the answer that it rests on, and who said how much."""
        orders = Order.objects.filter(partner=self.partner).select_related("case")
        wrong = [order.case.number for order in orders if not self._agrees(order)]
        missing = len(self.books) - orders.count()
        states = Counter(str(OrderState(order.state)) for order in orders)
        return {
            "orders": orders.count(),
            "exchanges": self._said(),
            "disagree": len(wrong) + abs(missing),
            "wrong": wrong[:10],
            "waiting": Endpoint.objects.get(pk=self.endpoint.pk)
            .deliveries.exclude(state__in=["sent", "refused"])
            .count(),
            "states": dict(states),
            **self.counts,
        }

    def _agrees(self, order: Order) -> bool:
        book = self.by_ours.get(order.case.number)
        if book is None:
            return False
        ours = (order.tracks, order.state, order.last_in, order.last_out)
        theirs = (book.tracks, book.tracks.state, book.sent, book.heard)
        # A number of theirs reaches us with their first word.
        named = order.their_number == book.theirs or not book.sent
        return ours == theirs and named
