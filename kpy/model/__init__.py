"""Typed values of the Kubernetes API, and how they become plain JSON trees."""
