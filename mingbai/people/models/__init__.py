"""Who acts: users and their grants, the register of workers, partners, and what sign-in needs."""

from mingbai.people.models.partners import ApiKey, Partner
from mingbai.people.models.register import Absence, Duty, Skill, Worker
from mingbai.people.models.signin import Brake, KeptForm, Slip
from mingbai.people.models.users import Grant, User, UserManager

__all__ = [
    "Absence",
    "ApiKey",
    "Brake",
    "Duty",
    "Grant",
    "KeptForm",
    "Partner",
    "Skill",
    "Slip",
    "User",
    "UserManager",
    "Worker",
]
