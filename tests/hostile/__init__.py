"""What makes the world of the tests harder than the real one; installed by tests/conftest.py."""
