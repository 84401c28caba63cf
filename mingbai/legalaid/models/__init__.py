"""The tables of legal aid, one file per concept."""

from mingbai.legalaid.models.application import Application, Decision, Objection
from mingbai.legalaid.models.catalogue import Belonging, FilePart, HardshipLine, Matter
from mingbai.legalaid.models.file import FileTick
from mingbai.legalaid.models.handling import AidLawyer, AidReport, Approval, Assignment, SoleFirm
from mingbai.legalaid.models.quality import Assessment, Criterion, GradeLine

__all__ = [
    "AidLawyer",
    "AidReport",
    "Application",
    "Approval",
    "Assessment",
    "Assignment",
    "Belonging",
    "Criterion",
    "Decision",
    "FilePart",
    "FileTick",
    "GradeLine",
    "HardshipLine",
    "Matter",
    "Objection",
    "SoleFirm",
]
