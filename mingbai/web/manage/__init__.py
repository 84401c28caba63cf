"""The registers: regions, stations, people, rules, calendar, users, partners."""
