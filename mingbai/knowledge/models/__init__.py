"""Tables of knowledge: laws by article, guides, answers, synonyms, and the documents that are searched."""

from mingbai.knowledge.models.contents import Answer, Guide, Label, Synonym, TopicCode
from mingbai.knowledge.models.documents import Document, IndexState, Term
from mingbai.knowledge.models.laws import Article, Law

__all__ = [
    "Answer",
    "Article",
    "Document",
    "Guide",
    "IndexState",
    "Label",
    "Law",
    "Synonym",
    "Term",
    "TopicCode",
]
