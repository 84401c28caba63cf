"""All that writes about legal aid."""

from mingbai.legalaid.actions.catalogue import add_belonging, add_matter, prepare, set_line

__all__ = ["add_belonging", "add_matter", "prepare", "set_line"]
