"""What oversight asks of stations and villages, worked out without database or clock."""
