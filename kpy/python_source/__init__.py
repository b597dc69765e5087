"""Python written for people: annotations and classes of typed models."""
