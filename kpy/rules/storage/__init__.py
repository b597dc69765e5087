"""Rules on storage classes and volume attachments."""
