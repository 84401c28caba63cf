"""The pages of legal aid at the desk: the list by stage, the people who take it."""
