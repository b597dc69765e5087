"""Typed Python for custom resources, made from their definitions."""
