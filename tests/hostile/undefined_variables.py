"""Rendering a variable that does not exist fails, in our own templates; Django would print nothing."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.template import engines
from django.template.base import FilterExpression

ROOT = Path(settings.BASE_DIR)
OURS = (ROOT / "templates", ROOT / "mingbai", ROOT / "tests")
MAY_BE_MISSING = {"default", "default_if_none", "yesno"}

allowed = False


class UndefinedVariable(AssertionError):
    """Names the variable and the template that asked for it."""


class Refusal(str):
    """Stands in for `string_if_invalid`: Django finds "%s" in it and formats the name into it."""

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, variable: object) -> Any:
        frame = sys._getframe(1)
        expression, context = frame.f_locals["self"], frame.f_locals["context"]
        template = asking_template(frame)
        if not (allowed or has_default(expression) or template is None or is_foreign(template)):
            raise UndefinedVariable(f"{{{{ {expression.token} }}}} is undefined in {template}")
        return resolve_as_empty(expression, context)


def has_default(expression: FilterExpression) -> bool:
    return bool(expression.filters) and expression.filters[0][0].__name__ in MAY_BE_MISSING


def is_foreign(template: str) -> bool:
    return not any(Path(template).is_relative_to(folder) for folder in OURS)


def asking_template(frame: FrameType | None) -> str | None:
    """The template of the innermost node rendered: with extends and includes the context names another."""
    while frame:
        if frame.f_code.co_name == "render_annotated":
            origin = getattr(frame.f_locals["self"], "origin", None)
            return origin.name if origin else None
        frame = frame.f_back
    return None


def resolve_as_empty(expression: FilterExpression, context: Any) -> Any:
    engine = context.template.engine
    refusal, engine.string_if_invalid = engine.string_if_invalid, ""
    try:
        return expression.resolve(context)
    finally:
        engine.string_if_invalid = refusal


def refuse() -> None:
    engines["django"].engine.string_if_invalid = Refusal("undefined")
