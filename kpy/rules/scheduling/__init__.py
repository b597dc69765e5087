"""Rules on priority classes."""
