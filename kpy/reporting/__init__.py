"""Findings and comparisons for people and machines: one file a format."""
