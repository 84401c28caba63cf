"""All that writes about mediation."""

from mingbai.mediation.actions.agreeing import agree_orally, draft, reconsider, redraft, seal, sign
from mingbai.mediation.actions.binding import export_file
from mingbai.mediation.actions.committees import prepare, seat, set_committee, set_number, unseat
from mingbai.mediation.actions.consenting import agree_to, begin, decline
from mingbai.mediation.actions.following import (
    decide_confirmation,
    drop_confirmation,
    fail,
    file_confirmation,
    number_file,
    settle_term,
    visit,
    want_confirmation,
)
from mingbai.mediation.actions.inviting import invite, uninvite
from mingbai.mediation.actions.meeting import (
    Plan,
    answer_offer,
    cancel_sitting,
    extend,
    hold,
    make_offer,
    plan_sitting,
    see_danger,
)
from mingbai.mediation.actions.naming import name_mediator, replace_mediator
from mingbai.mediation.actions.papers import issue_paper
from mingbai.mediation.actions.requesting import (
    Statement,
    add_party,
    change_party,
    drop_party,
    request,
    show_parties,
    state,
)
from mingbai.mediation.actions.taking_part import (
    open_pass,
    say_no,
    say_yes,
    send_code,
    sign_on_line,
)

__all__ = [
    "Plan",
    "Statement",
    "add_party",
    "agree_orally",
    "agree_to",
    "answer_offer",
    "begin",
    "cancel_sitting",
    "change_party",
    "decide_confirmation",
    "decline",
    "draft",
    "drop_confirmation",
    "drop_party",
    "export_file",
    "extend",
    "fail",
    "file_confirmation",
    "hold",
    "invite",
    "issue_paper",
    "make_offer",
    "name_mediator",
    "number_file",
    "open_pass",
    "plan_sitting",
    "prepare",
    "reconsider",
    "redraft",
    "replace_mediator",
    "request",
    "say_no",
    "say_yes",
    "seal",
    "seat",
    "see_danger",
    "send_code",
    "set_committee",
    "set_number",
    "settle_term",
    "show_parties",
    "sign",
    "sign_on_line",
    "state",
    "uninvite",
    "unseat",
    "visit",
    "want_confirmation",
]
