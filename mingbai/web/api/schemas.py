"""The shapes of the API: what comes in, what goes out."""

from datetime import datetime
from typing import Annotated

from django.utils.timezone import localtime
from ninja import Field, Schema
from pydantic import AfterValidator

Moment = Annotated[datetime, AfterValidator(localtime)]
"""Written in the city's time, whichever way it was read: the same answer again is the same text."""


class CaseIn(Schema):
    """A matter handed over. `region` is where it happened or is heard."""

    kind: str = Field("consultation", max_length=16, examples=["consultation"])
    region: str = Field(..., pattern=r"^[0-9]{12}$", examples=["210402000000"])
    place_text: str | None = Field(None, max_length=500)
    text: str = Field(..., min_length=1, max_length=20_000)
    name: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=40)
    id_number: str | None = Field(None, max_length=40)
    partner_number: str | None = Field(None, max_length=64)
    happened_at: datetime | None = None
    urgent: bool = False


class StationRef(Schema):
    code: str
    name: str


class CaseCreated(Schema):
    """The number, who has it, until when, and why it went there; a follow code where there is no phone."""

    number: str
    state: str
    station: StationRef
    due_at: Moment | None
    routing: list[str]
    follow_code: str | None = None


class HistoryEntry(Schema):
    at: Moment
    state: str
    text: str


class Answer(Schema):
    text: str
    laws: list[str]
    at: Moment


class CaseOut(Schema):
    number: str
    kind: str
    topic: str = Field(..., description='our code, "" while nobody has said it')
    topic_code: str = Field(..., description='what the partner calls that topic, "" where nobody entered it')
    state: str
    station: StationRef
    due_at: Moment | None
    history: list[HistoryEntry]
    answer: Answer | None


class MessageIn(Schema):
    text: str = Field(..., min_length=1, max_length=20_000)


class MessageOut(Schema):
    number: str
    state: str


class WithdrawIn(Schema):
    reason: str = Field(..., min_length=1, max_length=2000)


class RegionOut(Schema):
    code: str
    name: str
    level: str
    has_children: bool


class StationOut(Schema):
    code: str
    name: str
    tier: str
    lines: list[str]
    open_now: bool


class HitOut(Schema):
    """One thing found; `text` is the passage that answers, `ref` the key of its page or its code."""

    kind: str
    ref: str
    title: str
    text: str
    phone: str
    address: str


class ProblemOut(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
