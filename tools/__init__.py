"""What makes, measures and tests kpy; no part of the package."""
