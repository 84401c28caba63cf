"""The transports of this layer (console, e-mail), and how a notice's words are made.

A transport is a function of a notice; edges add theirs in settings. It raises Undeliverable when another try
cannot help; any other error is tried again. `idempotency_key(notice)` is the same in every try: whoever can
drop a repetition, may.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from mingbai.core.checks import mask_phone
from mingbai.notices.models import Notice, Wording
from mingbai.notices.rules import filled

Transport = Callable[[Notice], None]


class Undeliverable(Exception):
    """This notice cannot reach this address, now or later."""


class Unsure(Exception):
    """The gateway broke off after it had the message: it may have left, and is tried again all the same."""


class Later(Exception):
    """The gateway asks for patience (over its rate): no try is counted."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason or f"later: {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Words:
    """The first line of a template is the subject, the rest the message."""

    subject: str
    body: str


def words_of(notice: Notice) -> Words:
    """The message in the language of its context, Chinese unless said otherwise."""
    return words_for(notice.template, json.loads(notice.context or "{}"))


def words_for(template: str, context: dict[str, Any]) -> Words:
    """What a template says of a context: the wording that was changed by hand, else its file."""
    language = context.get("language", settings.LANGUAGE_CODE)
    wording = Wording.objects.filter(template=template).first()
    if wording and language == settings.LANGUAGE_CODE:
        return Words(filled(wording.subject, context), filled(wording.body, context))
    with translation.override(language):
        text = render_to_string(f"notices/{template}.txt", context)
    subject, _line, body = text.strip().partition("\n")
    return Words(subject.strip(), body.strip())


def transport_of(notice: Notice) -> Transport:
    """The function that settings name for the notice's transport."""
    path = settings.NOTICE_TRANSPORTS.get(notice.transport)
    if path is None:
        raise Undeliverable(f"unknown transport {notice.transport!r}")
    found: Transport = import_string(path)
    return found


def idempotency_key(notice: Notice) -> str:
    return sha256(f"{notice.event}|{notice.to}|{notice.transport}".encode()).hexdigest()[:32]


def console(notice: Notice) -> None:
    """For the demo: on standard output, the address masked, since a log is no place for telephone numbers."""
    words = words_of(notice)
    address = notice.address if "@" in notice.address else mask_phone(notice.address)
    sys.stdout.write(f"[notice {idempotency_key(notice)[:8]}] → {address}: {words.body}\n")
    sys.stdout.flush()


def email(notice: Notice) -> None:
    """By SMTP; servers on the way drop a second copy of the same Message-ID."""
    if "@" not in notice.address:
        raise Undeliverable("no e-mail address")
    words = words_of(notice)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {"Message-ID": f"<{idempotency_key(notice)}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(words.subject, words.body, to=[notice.address], headers=headers).send()
