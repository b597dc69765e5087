"""From Kubernetes documents to the Python that makes them, with proof."""

from kpy.importing.environments import ImportedEnvironments, environments_to_source
from kpy.importing.source import Imported, ImportedObject, to_source

__all__ = ["Imported", "ImportedEnvironments", "ImportedObject", "environments_to_source", "to_source"]
