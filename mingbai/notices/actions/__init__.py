"""The outbox, its ways out and its words: the only code that writes them."""

from mingbai.notices.actions.digest import gather
from mingbai.notices.actions.outbox import (
    KEPT,
    cancel_queued,
    claim,
    forget,
    forget_old,
    hold,
    mark_failed,
    mark_sent,
    notify,
    put_off,
    release,
    resend,
    retry,
)
from mingbai.notices.actions.ways import set_way
from mingbai.notices.actions.wordings import reset_wording, set_wording

__all__ = [
    "KEPT",
    "cancel_queued",
    "claim",
    "forget",
    "forget_old",
    "gather",
    "hold",
    "mark_failed",
    "mark_sent",
    "notify",
    "put_off",
    "release",
    "resend",
    "reset_wording",
    "retry",
    "set_way",
    "set_wording",
]
