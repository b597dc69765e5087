"""The steps of wiring, one topic a file."""
