"""The tables of the trunk, one file per concept."""

from mingbai.cases.models.case import Case, CaseQuerySet, CoHandler, Handover, Submission
from mingbai.cases.models.clock import Clock, DeadlineRule, Extension, RoutingRule
from mingbai.cases.models.hold import LegalHold
from mingbai.cases.models.resident import Consent, Resident
from mingbai.cases.models.risk import HelpContact, RiskCard
from mingbai.cases.models.talk import Attachment, FollowTry, Message, PaperAsked, Rating

__all__ = [
    "Attachment",
    "Case",
    "CaseQuerySet",
    "Clock",
    "CoHandler",
    "Consent",
    "DeadlineRule",
    "Extension",
    "FollowTry",
    "Handover",
    "HelpContact",
    "LegalHold",
    "Message",
    "PaperAsked",
    "Rating",
    "Resident",
    "RiskCard",
    "RoutingRule",
    "Submission",
]
