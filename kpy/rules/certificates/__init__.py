"""Rules on certificate signing requests."""
