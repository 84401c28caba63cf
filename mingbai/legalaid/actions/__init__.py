"""All that writes about legal aid."""

from mingbai.legalaid.actions.applying import apply, state
from mingbai.legalaid.actions.catalogue import add_belonging, add_matter, prepare, set_line
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
from mingbai.legalaid.actions.objecting import judge, object_to

__all__ = [
    "add_belonging",
    "add_matter",
    "apply",
    "ask_missing",
    "confirm_refusal",
    "give_first",
    "grant",
    "judge",
    "let_lapse",
    "object_to",
    "papers_complete",
    "prepare",
    "propose_refusal",
    "send_back",
    "set_line",
    "state",
    "transfer",
]
