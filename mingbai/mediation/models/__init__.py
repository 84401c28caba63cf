"""What a mediation is made of: committees, parties, mediators, sessions, agreements, return visits."""

from mingbai.mediation.models.agreements import Agreement, Signature, Term
from mingbai.mediation.models.committees import Committee, CommitteeRule, Member
from mingbai.mediation.models.matters import Mediation, Party
from mingbai.mediation.models.meetings import FollowUp, Mediator, Offer, Sitting
from mingbai.mediation.models.passes import Pass

__all__ = [
    "Agreement",
    "Committee",
    "CommitteeRule",
    "FollowUp",
    "Mediation",
    "Mediator",
    "Member",
    "Offer",
    "Party",
    "Pass",
    "Signature",
    "Sitting",
    "Term",
]
