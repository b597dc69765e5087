"""Several environments of one app, such as overlays, to one module: what is the same once, what differs in a table."""

from kpy.importing.environments.source import ImportedEnvironments, environments_to_source

__all__ = ["ImportedEnvironments", "environments_to_source"]
