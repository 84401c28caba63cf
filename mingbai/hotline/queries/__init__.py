"""Calls as the figures, the seats and the hotline process ask for them."""

from mingbai.hotline.queries.figures import (
    WITHIN,
    LineFigures,
    answered_within,
    calls_in,
    line_figures,
    measured,
)

__all__ = ["WITHIN", "LineFigures", "answered_within", "calls_in", "line_figures", "measured"]
