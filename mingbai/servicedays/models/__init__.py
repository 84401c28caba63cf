"""What service days are made of: needs, terms, plans with their days and teams, records of the day."""

from mingbai.servicedays.models.needs import Need, NeedQuerySet
from mingbai.servicedays.models.plans import Plan, PlanRun, ServiceDay, TeamMember
from mingbai.servicedays.models.records import DayRecord
from mingbai.servicedays.models.terms import Block, DayRule, Host, Limit

__all__ = [
    "Block",
    "DayRecord",
    "DayRule",
    "Host",
    "Limit",
    "Need",
    "NeedQuerySet",
    "Plan",
    "PlanRun",
    "ServiceDay",
    "TeamMember",
]
