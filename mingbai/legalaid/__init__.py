"""Legal aid (法律援助): who is entitled, and on what ground."""
