"""API v1 for partners: 12345, the provincial net, any other system."""
