"""Reads of the trunk that serve more than one page, one file per question."""

from mingbai.cases.queries.alike import texts_like
from mingbai.cases.queries.books import Books, RuleBook, books, rulebook
from mingbai.cases.queries.clocks import ClockView, clock_views
from mingbai.cases.queries.history import Line, history_of
from mingbai.cases.queries.lists import (
    Filters,
    inbox,
    owed_call_backs,
    shown,
    to_designate,
    untaken,
    waiting_on_residents,
    work_groups,
    work_list,
)
from mingbai.cases.queries.people import (
    Known,
    canonical,
    doubles_of,
    family_of,
    find,
    hashed,
    known_people,
    matters_of,
)
from mingbai.cases.queries.risks import contacts_for
from mingbai.cases.queries.trail import open_handover, reasons_of

__all__ = [
    "Books",
    "ClockView",
    "Filters",
    "Known",
    "Line",
    "RuleBook",
    "books",
    "canonical",
    "clock_views",
    "contacts_for",
    "doubles_of",
    "family_of",
    "find",
    "hashed",
    "history_of",
    "inbox",
    "known_people",
    "matters_of",
    "open_handover",
    "owed_call_backs",
    "reasons_of",
    "rulebook",
    "shown",
    "texts_like",
    "to_designate",
    "untaken",
    "waiting_on_residents",
    "work_groups",
    "work_list",
]
