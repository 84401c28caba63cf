"""The tables of legal aid, one file per concept."""

from mingbai.legalaid.models.application import Application, Decision, Objection
from mingbai.legalaid.models.catalogue import Belonging, FilePart, HardshipLine, Matter
from mingbai.legalaid.models.handling import AidLawyer, AidReport, Assignment, SoleFirm

__all__ = [
    "AidLawyer",
    "AidReport",
    "Application",
    "Assignment",
    "Belonging",
    "Decision",
    "FilePart",
    "HardshipLine",
    "Matter",
    "Objection",
    "SoleFirm",
]
