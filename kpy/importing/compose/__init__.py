"""Compose files as objects of Kubernetes, with notes on all that these cannot say.

https://github.com/compose-spec/compose-spec
"""

from kpy.importing.compose.fields import ComposeError, Note
from kpy.importing.compose.objects import Composed, from_compose
from kpy.importing.compose.project import is_compose

__all__ = ["ComposeError", "Composed", "Note", "from_compose", "is_compose"]
