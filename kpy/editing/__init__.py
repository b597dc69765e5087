"""Changing single values of a file of YAML, JSON or TOML, and not one byte besides."""

from kpy.editing.edit import EditError, edit_values, read_tree, same

__all__ = ["EditError", "edit_values", "read_tree", "same"]
