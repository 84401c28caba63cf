"""Faults caused for real: in a short form with the suite, in full by `make drill` (MINGBAI_DRILL=1)."""

import os

FULL = os.environ.get("MINGBAI_DRILL") == "1"
