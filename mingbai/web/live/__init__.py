"""The live stream: tells open desks that something of theirs changed, never what."""
