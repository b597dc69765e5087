"""Rules on custom resource definitions."""
