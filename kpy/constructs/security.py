"""How safe pods and containers shall be, as the Pod Security Standards have it.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from typing import Any

from kpy.model.declarative import Declarative
from kpy.model.fields import Accepts, accepts, fields_of
from kpy.model.plain import Sink
from kpy.tree.off import Off
from kpy.tree.security import SecurityLevel, to_security

__all__ = ["ContainerSecurity", "Secured", "to_container_security"]


class Secured(Declarative):
    """What makes pods and says how safe they shall be."""

    security: Accepts[SecurityLevel | Off | None, SecurityLevel | Off | None] = accepts(to_security, default=None)
    """The Pod Security Standard that the pods shall meet; `"restricted"` writes the fields that it asks for. If not
    given, that of the chart or app; `OFF` for none. https://kubernetes.io/docs/concepts/security/pod-security-standards/"""

    @classmethod
    def _elsewhere(cls, name: str) -> str:
        from kpy.constructs.fields.container import ContainerFields

        if name not in fields_of(ContainerFields).defaults and name not in ("devices", "mounts"):
            return ""
        return f"it is a field of the container: `containers=[Container({name}=...)]`"


class ContainerSecurity:
    """The standard that one container shall meet; written when the pod is wired."""

    def __init__(self, level: SecurityLevel | Off) -> None:
        self.level = level

    def __kpy_lower__(self, sink: Sink, node: dict[str, Any], key: str) -> None:
        """Leave it to wiring."""
        sink.secure(node, "" if isinstance(self.level, Off) else self.level)


def to_container_security(said: SecurityLevel | Off) -> ContainerSecurity:
    """Return the level as what waits for wiring."""
    return ContainerSecurity(to_security(said))
