"""Custom resources: definitions and the objects that they define."""
