"""What oversight is made of: visits to villages, supervision of late matters, the standard of stations."""

from mingbai.oversight.models.standard import Criterion, Evidence, Mark, ModelStation, Review, Standard
from mingbai.oversight.models.supervision import ClimbRule, Supervision
from mingbai.oversight.models.village import AdviserTerm, QuotaRule, Training, Village, VillageVisit

__all__ = [
    "AdviserTerm",
    "ClimbRule",
    "Criterion",
    "Evidence",
    "Mark",
    "ModelStation",
    "QuotaRule",
    "Review",
    "Standard",
    "Supervision",
    "Training",
    "Village",
    "VillageVisit",
]
