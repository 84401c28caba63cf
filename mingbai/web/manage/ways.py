"""Ways from one page of the registers to another."""

from mingbai.web.ways import Room

_ROOM = Room("manage")
action, link = _ROOM.way, _ROOM.link
