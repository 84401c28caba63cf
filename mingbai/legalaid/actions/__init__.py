"""All that writes about legal aid."""

from mingbai.legalaid.actions.applying import apply, note_paper, state
from mingbai.legalaid.actions.assigning import assign, enrol_lawyer, name_approval, name_sole_firm, release
from mingbai.legalaid.actions.catalogue import (
    add_belonging,
    add_file_part,
    add_matter,
    prepare,
    set_criterion,
    set_grade_line,
    set_line,
)
from mingbai.legalaid.actions.deciding import (
    ask_missing,
    confirm_refusal,
    give_first,
    grant,
    let_lapse,
    papers_complete,
    propose_refusal,
    send_back,
    transfer,
)
from mingbai.legalaid.actions.file import tick_part
from mingbai.legalaid.actions.handling import (
    confirm_termination,
    finish,
    propose_termination,
    report,
    report_closing,
    return_report,
    visit,
)
from mingbai.legalaid.actions.objecting import judge, object_to
from mingbai.legalaid.actions.papers import issue_paper
from mingbai.legalaid.actions.quality import (
    choose_for_review,
    draw_for_review,
    judge_grade,
    object_to_grade,
    rate,
)

__all__ = [
    "add_belonging",
    "add_file_part",
    "add_matter",
    "apply",
    "ask_missing",
    "assign",
    "choose_for_review",
    "confirm_refusal",
    "confirm_termination",
    "draw_for_review",
    "enrol_lawyer",
    "finish",
    "give_first",
    "grant",
    "issue_paper",
    "judge",
    "judge_grade",
    "let_lapse",
    "name_approval",
    "name_sole_firm",
    "note_paper",
    "object_to",
    "object_to_grade",
    "papers_complete",
    "prepare",
    "propose_refusal",
    "propose_termination",
    "rate",
    "release",
    "report",
    "report_closing",
    "return_report",
    "send_back",
    "set_criterion",
    "set_grade_line",
    "set_line",
    "state",
    "tick_part",
    "transfer",
    "visit",
]
