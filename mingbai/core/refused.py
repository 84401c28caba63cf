"""Refused: a rule said no, with the reason in plain words for the person who asked."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """A refused rule. `reason` is shown as it is (plain Chinese, may be lazily translated).

    `code` is stable and goes out through the API; `field` names the form field; `kept` says what
    was saved all the same, `do` what the person can do now.
    """

    def __init__(
        self,
        reason: str | Promise,
        *,
        code: str = "refused",
        field: str | None = None,
        kept: str | Promise = "",
        do: str | Promise = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.field = field
        self.kept = kept
        self.do = do

    def __str__(self) -> str:
        return str(self.reason)
