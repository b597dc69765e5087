"""From Kubernetes documents to the Python that makes them, with proof."""

from kpy.importing.source import Imported, ImportedObject, to_source

__all__ = ["Imported", "ImportedObject", "to_source"]
