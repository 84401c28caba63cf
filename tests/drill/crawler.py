"""One who follows every link, fills every form with what nobody should, and types addresses of their own."""

import random
import traceback
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from django.core.signals import got_request_exception
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.exceptions import NoReverseMatch
from lxml import etree, html

WORDS = (
    "", " ", "0", "-1", "1", "9" * 30, "1e309", "NaN", "null", "true", "[]", "{}", "２０２６", "2026-13-45",
    "0000-00-00", "9999-12-31", "2026-11-30T25:00", "a", "'", '"', "';--", "%", "_", "*", "(", ")", "NEAR(",
    '"未闭', "\\", "/", "..", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "{% load %}",
    "${7*7}", "%(name)s", "%s", "\x00", "\r\n", "\u202e", "\ud83d\ude00", "𠮷" * 40, "王小明", "13812345678",
    "210402199001011234", "210402000000", "210404000000", "欠薪", "x" * 300, "字" * 5000, "=1+1", "csv",
    "xlsx", "exe", "all", "none", "on", "2026-11-30", "2026-11", "08:30", "1.5", "-0", "0x10", "١٢", "١", "²",
    "½",
)  # fmt: skip
HEADERS = (
    {}, {}, {}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 200},
    {"HTTP_ACCEPT_LANGUAGE": "en"}, {"HTTP_X_FORWARDED_FOR": "1.2.3.4, ::1, ,'"},
    {"HTTP_RANGE": "bytes=9-1"}, {"HTTP_IDEMPOTENCY_KEY": "字" * 99}, {"HTTP_REFERER": "http://[::1"},
    {"HTTP_IF_MODIFIED_SINCE": "gestern"}, {"HTTP_COOKIE": "a=\x01; ;=;"},
    {"CONTENT_TYPE": "application/json"}, {"HTTP_ACCEPT": "application/xml;q=x"},
)  # fmt: skip
NAMES = (
    "q", "page", "as", "from", "to", "region", "station", "whose", "what", "on", "day", "year", "kind", "of",
    "state", "open", "next", "group", "compare", "code", "sort", "after", "since", "until", "who", "verb",
    "lat", "lng", "number", "phone", "name", "text", "line", "form", "suffix", "offset", "limit",
)  # fmt: skip
METHODS = ("get",) * 8 + ("post",) * 3 + ("head", "put", "delete", "options", "patch", "trace")
LEAVES = ("logout", "set_language", "/i18n/")


@dataclass
class Crawler:
    """`secrets` are words that this caller must never be shown; `wrong` gathers what was not well."""

    client: Client
    luck: random.Random
    addresses: list[tuple[str, URLPattern]]
    known: dict[str, list[Any]]
    secrets: frozenset[str]
    links: list[str] = field(default_factory=lambda: ["/"])
    forms: list[tuple[str, str, list[tuple[str, list[str]]]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def crawl(self, count: int) -> None:
        """Until `count` requests were answered: a step that no client can say is not counted."""
        self.client.raise_request_exception = False
        got_request_exception.connect(self._note, weak=False)
        try:
            while sum(self.statuses.values()) < count:
                self._step()
        finally:
            got_request_exception.disconnect(self._note)

    def _note(self, **_more: Any) -> None:
        self.raised.append(traceback.format_exc().strip()[-1500:])

    def _step(self) -> None:
        way = self.luck.random()
        if way < 0.35:
            self._ask("get", self.luck.choice(self.links), {})
        elif way < 0.5:
            url = self.luck.choice(self.links).partition("?")[0]
            self._ask("get", url, {self._name(): self._word() for _n in range(self.luck.randint(1, 3))})
        elif way < 0.75 and self.forms:
            method, url, fields = self.luck.choice(self.forms)
            self._ask(method, url, {name: self._value(values) for name, values in fields})
        elif url := self._address():
            self._ask(self.luck.choice(METHODS), url, {self._name(): self._word()})

    def _address(self) -> str:
        name, pattern = self.luck.choice(self.addresses)
        values = {}
        for argument, converter in pattern.pattern.converters.items():
            of_numbers = type(converter).__name__ == "IntConverter"
            likely = self.luck.choice(self.known.get(argument, [1]))
            wild = self.luck.choice((0, 1, 10**9, 2**31, 2**63, 10**25)) if of_numbers else self._word()
            values[argument] = likely if self.luck.random() < 0.6 else wild
        try:
            return reverse(name, kwargs=values)
        except (NoReverseMatch, UnicodeError):
            return ""

    def _name(self) -> str:
        return self.luck.choice(NAMES)

    def _word(self) -> str:
        return self.luck.choice(WORDS)

    def _value(self, given: list[str]) -> Any:
        """Half the time what the form offers, so that one gets past its first check."""
        value = self.luck.choice(given) if given and self.luck.random() < 0.7 else self._word()
        return [value, self._word()] if self.luck.random() < 0.05 else value

    # ── what comes back ──

    def _ask(self, method: str, url: str, data: dict[str, Any]) -> None:
        headers = self.luck.choice(HEADERS)
        if method in ("put", "delete", "patch", "trace", "options") or "CONTENT_TYPE" in headers:
            body = {"data": "{" + str(data), "content_type": "application/json"}
            body = {} if method in ("get", "head", "trace") else body
            headers = {name: value for name, value in headers.items() if name != "CONTENT_TYPE"}
        else:
            body = {"data": data}
        before = len(self.raised)
        try:
            answer = getattr(self.client, method)(url, **body, **headers)
        except (UnicodeEncodeError, ValueError):
            return  # the client itself cannot say it
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self._judge(f"{method} {url} {data} {headers}", answer, content.decode("utf-8", "replace"), before)
        self._learn(url, answer, content)

    def _judge(self, asked: str, answer: Any, text: str, before: int) -> None:
        status = answer.status_code
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status >= 500:
            self._found(f"{status} {asked[:400]}\n{self.raised[before:]}")
        told = text + repr(sorted(answer.headers.items()))
        if found := [word for word in self.secrets if word in told and word not in asked]:
            self._found(f"leak {found} {asked[:400]}")

    def _found(self, what: str) -> None:
        self.wrong.append(what)
        print(what, flush=True)  # an hour later one wants to have known it at once

    def _learn(self, url: str, answer: Any, content: bytes) -> None:
        if 300 <= answer.status_code < 400:
            self._keep(url, answer.headers.get("Location", ""))
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return
        page = read(content)
        if page is None:
            return
        for link in page.xpath("//a[@href] | //*[@hx-get]"):
            self._keep(url, str(link.get("href") or link.get("hx-get")))
        for form in page.iter("form"):
            target = self._inside(url, str(form.get("action") or url))
            if target and len(self.forms) < 2000:
                method = str(form.get("method", "get")).lower()
                self.forms.append((method if method in ("get", "post") else "get", target, fields_of(form)))

    def _keep(self, url: str, link: str) -> None:
        target = self._inside(url, link)
        if target and len(self.links) < 5000:
            self.links.append(target)

    def _inside(self, url: str, link: str) -> str:
        try:
            target = urlsplit(urljoin(f"http://testserver{url}", link))
        except ValueError:
            return ""
        if target.netloc != "testserver" or target.scheme != "http" or any(w in target.path for w in LEAVES):
            return ""
        return quote(target.path, safe="/%:@!$&'()*+,;=~-._") + (f"?{target.query}" if target.query else "")


def read(content: bytes) -> Any:
    """The page as a tree, or None where there is none: read by lxml itself, which a crawl can afford."""
    try:
        return html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return None


def fields_of(form: Any) -> list[tuple[str, list[str]]]:
    """Every named field with the values it offers."""
    found = []
    for one in form.xpath(".//*[@name]"):
        offered = [str(option.get("value", "")) for option in one.iter("option")]
        value = one.get("value") if one.tag == "input" else one.text_content()
        found.append((str(one.get("name")), offered or ([str(value)] if value is not None else [])))
    return found
