"""The outbox, its ways out and its words; the groups and what is asked in them."""

from mingbai.notices.models.groups import Group, Post, Question, Reply
from mingbai.notices.models.outbox import Job, Notice, Way, Wording

__all__ = ["Group", "Job", "Notice", "Post", "Question", "Reply", "Way", "Wording"]
