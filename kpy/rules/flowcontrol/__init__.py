"""Rules on flow schemas and priority levels."""
