"""Who does what in a mediation: the station that works it, and the mediators who lead it."""

from __future__ import annotations

from typing import Any

from mingbai.cases.models import Case
from mingbai.cases.perms import can_designate, can_work, own_workers
from mingbai.mediation.enums import MediatorState
from mingbai.mediation.models import Mediator
from mingbai.people.models import User


def is_mediator(user: User | Any, case: Case) -> bool:
    """Named to mediate it, now or until it was over; not who was replaced."""
    workers = own_workers(user)
    if not workers:
        return False
    named = Mediator.objects.filter(case=case, worker_id__in=workers)
    return named.exclude(state=MediatorState.REPLACED).exists()


def can_lead(user: User | Any, case: Case) -> bool:
    """Write down what happens in it: the station's people and its mediators."""
    return can_work(user, case) or is_mediator(user, case)


def can_name(user: User | Any, case: Case) -> bool:
    """Name mediators and set the committee's seal: who works the matter."""
    return can_work(user, case)


def can_invite(user: User | Any, case: Case) -> bool:
    """Send a party the number with which it follows on line, and print it: whoever leads it."""
    return can_lead(user, case)


def can_read_inside(user: User | Any, case: Case) -> bool:
    """What the parties said, minutes and agreement: who leads it, and who oversees the station."""
    return can_lead(user, case) or can_designate(user, case)
