"""What the operator does: back up, restore, prove a backup, print the key."""

from mingbai.upkeep.actions.backups import back_up, rotate, scheduled_backup
from mingbai.upkeep.actions.daily import tell_health
from mingbai.upkeep.actions.keysheet import key_sheet
from mingbai.upkeep.actions.restoring import check, restore

__all__ = ["back_up", "check", "key_sheet", "restore", "rotate", "scheduled_backup", "tell_health"]
