"""A project: its settings, its app, and everything that a command needs before it starts."""

from kpy.project.project import Project
from kpy.project.settings import Settings, read_settings

__all__ = ["Project", "Settings", "read_settings"]
