"""Guidance: a village worker's question goes to the advisers, and the answer comes into the matter."""

from django.db import transaction

from mingbai.cases.actions.work import note
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.notices.actions.groups import ask_group, reply
from mingbai.notices.models import Group, Question, Reply
from mingbai.people.models import Worker


def ask(*, by: Actor, case: Case, group: Group, text: str) -> Question:
    """Ask about a matter without naming its people. Raises Refused "personal_data" …"""
    people = [one for one in (case.speaker, case.party) if one is not None]
    said = [value for one in people for value in (one.name, one.phone, one.id_number)]
    names = tuple(dict.fromkeys(value for value in (*said, case.number, case.follow_code) if value))
    return ask_group(by=by, group=group, about=case.chain, text=text, names=names)


@transaction.atomic
def answer(*, question: Question, worker: Worker, text: str) -> Reply:
    """Write an adviser's answer into the matter, with name and time; sent twice it stands there once."""
    before = question.replies.count()
    given = reply(by=adviser(worker), question=question, worker=worker, text=text)
    number = question.about.removeprefix("case:")
    case = Case.objects.filter(number=number).first()
    if case is not None and question.replies.count() > before:
        note(case=case, by=adviser(worker), text=given.text, at=given.at)
    return given


def adviser(worker: Worker) -> Actor:
    """Who answers by a signed link: the sign-in of the worker where there is one, else the register's row."""
    if worker.user is not None:
        return worker.user.actor
    return Actor("user", f"worker-{worker.code}", worker.name)
