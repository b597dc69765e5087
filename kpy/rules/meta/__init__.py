"""Rules on metadata and on what many kinds have alike."""
