"""The pages of mediation: what stands on a matter's page, the list by stage, committees, the file."""
