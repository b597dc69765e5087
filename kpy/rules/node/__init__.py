"""Rules on runtime classes."""
