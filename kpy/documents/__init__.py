"""Kubernetes documents as people write them: YAML and JSON files, read with the place of every value."""

from kpy.documents.document import Document, steps_of
from kpy.documents.files import find_files, read_bytes, read_content, read_file, read_limited, refused_file
from kpy.documents.kustomizations import is_kustomization, parts_of
from kpy.documents.reader import Reading, read_documents

__all__ = [
    "Document",
    "Reading",
    "find_files",
    "is_kustomization",
    "parts_of",
    "read_bytes",
    "read_content",
    "read_documents",
    "read_file",
    "read_limited",
    "refused_file",
    "steps_of",
]
