"""The rules of mediation: pure, no database and no clock."""
