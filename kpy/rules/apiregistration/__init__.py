"""Rules on API services."""
