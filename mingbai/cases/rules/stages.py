"""How a line's stages go with the states of the trunk: pure, over the line's own table."""

from collections.abc import Mapping
from typing import Protocol

from mingbai.cases.enums import State


class HasState(Protocol):
    """A row of a line's table of stages."""

    @property
    def state(self) -> State: ...


def stage_after(stages: Mapping[str, HasState], stage: str, state: str) -> str:
    """The stage once the trunk has brought the matter to `state`: the same where it stands for that, else the
    first that does. A state that no stage stands for (merged) leaves it: it comes back as it was.
    """
    if stage in stages and stages[stage].state == state:
        return stage
    return next((code for code, each in stages.items() if each.state == state), stage)
