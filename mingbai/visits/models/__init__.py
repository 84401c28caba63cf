"""What the door is made of: openings and breaks, visits, the hall, opinions, materials."""

from mingbai.visits.models.halls import Hall
from mingbai.visits.models.materials import Handout, Supply
from mingbai.visits.models.openings import Break, Opening
from mingbai.visits.models.opinions import Opinion
from mingbai.visits.models.visits import Visit, VisitQuerySet

__all__ = ["Break", "Hall", "Handout", "Opening", "Opinion", "Supply", "Visit", "VisitQuerySet"]
