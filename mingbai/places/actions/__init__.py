"""All that writes about places: each verb journals what it did and touches the register where it changes."""

from mingbai.places.actions.calendar import CALENDAR_CHANGED, load_notice, prepare, seed_calendar
from mingbai.places.actions.dated import begin_rule, end_rule
from mingbai.places.actions.founding import Founded, found_city
from mingbai.places.actions.imports import Imported, RefusedRow, import_regions, import_stations
from mingbai.places.actions.organisations import (
    accept_transfer,
    cancel_transfer,
    create_organisation,
    decline_transfer,
    edit_organisation,
    name_operator,
    name_supervisor,
    offer_transfer,
)
from mingbai.places.actions.outlines import load_outlines
from mingbai.places.actions.regions import (
    TREE_CHANGED,
    abolish_region,
    apply_changes,
    create_region,
    merge_regions,
    move_region,
    rename_region,
    split_region,
)
from mingbai.places.actions.revision import touch
from mingbai.places.actions.stations import (
    add_closure,
    add_coverage,
    close_station,
    create_station,
    edit_station,
    end_coverage,
    remove_closure,
    reopen_station,
    set_hours,
    set_point,
)

__all__ = [
    "CALENDAR_CHANGED",
    "Founded",
    "Imported",
    "RefusedRow",
    "TREE_CHANGED",
    "abolish_region",
    "accept_transfer",
    "add_closure",
    "add_coverage",
    "apply_changes",
    "begin_rule",
    "cancel_transfer",
    "close_station",
    "create_organisation",
    "create_region",
    "create_station",
    "decline_transfer",
    "edit_organisation",
    "edit_station",
    "end_coverage",
    "end_rule",
    "found_city",
    "import_regions",
    "import_stations",
    "load_notice",
    "load_outlines",
    "merge_regions",
    "move_region",
    "name_operator",
    "name_supervisor",
    "offer_transfer",
    "prepare",
    "remove_closure",
    "rename_region",
    "reopen_station",
    "seed_calendar",
    "set_hours",
    "set_point",
    "split_region",
    "touch",
]
