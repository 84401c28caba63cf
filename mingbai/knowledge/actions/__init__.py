"""All that writes knowledge: content and index in one transaction, each verb in the journal."""

from mingbai.knowledge.actions.answers import (
    decline_answer,
    expire_answers,
    forget_proposals,
    propose_answer,
    publish_answer,
    withdraw_answer,
)
from mingbai.knowledge.actions.laws import ImportedLaws, LawChange, import_laws, name_law

__all__ = [
    "ImportedLaws",
    "LawChange",
    "decline_answer",
    "expire_answers",
    "forget_proposals",
    "import_laws",
    "name_law",
    "propose_answer",
    "publish_answer",
    "withdraw_answer",
]
