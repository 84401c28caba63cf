"""All that writes oversight."""

from mingbai.oversight.actions.evidence import add_photo, drop_photo, open_photo
from mingbai.oversight.actions.rulebook import prepare
from mingbai.oversight.actions.standard import appeal, begin_reviews, give_points, judge_appeal, name_model
from mingbai.oversight.actions.supervision import (
    answer_supervision,
    close_supervision,
    return_supervision,
    start_supervision,
    supervise,
)
from mingbai.oversight.actions.village import (
    Trip,
    end_adviser,
    name_adviser,
    set_class,
    strike_visit,
    teach,
    write_visit,
)

__all__ = [
    "Trip",
    "add_photo",
    "answer_supervision",
    "appeal",
    "begin_reviews",
    "close_supervision",
    "drop_photo",
    "end_adviser",
    "give_points",
    "judge_appeal",
    "name_adviser",
    "name_model",
    "open_photo",
    "prepare",
    "return_supervision",
    "set_class",
    "start_supervision",
    "strike_visit",
    "supervise",
    "teach",
    "write_visit",
]
