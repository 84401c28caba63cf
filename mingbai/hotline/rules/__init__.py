"""Pure rules of the line: what a call must be, who is next, and what follows from what happens."""

from mingbai.hotline.rules.told import Told, checked

__all__ = ["Told", "checked"]
