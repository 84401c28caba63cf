"""All that writes knowledge: content and index in one transaction, each verb in the journal."""

from mingbai.knowledge.actions.answers import (
    decline_answer,
    expire_answers,
    forget_proposals,
    propose_answer,
    publish_answer,
    withdraw_answer,
)
from mingbai.knowledge.actions.guides import edit_guide, publish_guide, withdraw_guide, write_guide
from mingbai.knowledge.actions.index import Rebuilt, index_faults, note_damage, rebuild_search, watch_index
from mingbai.knowledge.actions.labels import forget_labels, keep_label
from mingbai.knowledge.actions.laws import ImportedLaws, LawChange, import_laws, name_law
from mingbai.knowledge.actions.starting import start_content
from mingbai.knowledge.actions.synonyms import add_synonym, drop_synonym
from mingbai.knowledge.actions.topics import set_topic_codes

__all__ = [
    "ImportedLaws",
    "LawChange",
    "Rebuilt",
    "add_synonym",
    "decline_answer",
    "drop_synonym",
    "edit_guide",
    "expire_answers",
    "forget_labels",
    "forget_proposals",
    "import_laws",
    "index_faults",
    "keep_label",
    "name_law",
    "note_damage",
    "propose_answer",
    "publish_answer",
    "publish_guide",
    "rebuild_search",
    "set_topic_codes",
    "start_content",
    "watch_index",
    "withdraw_answer",
    "withdraw_guide",
    "write_guide",
]
