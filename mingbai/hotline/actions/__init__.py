"""What writes calls and seats."""

from mingbai.hotline.actions.written import forget_callers, land_call, write_down

__all__ = ["forget_callers", "land_call", "write_down"]
