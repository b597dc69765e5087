"""A PostgreSQL database of one pod, with a volume that outlives it."""

from __future__ import annotations

from typing import Literal

from kpy import Claim, Construct, Container, Probe, Resources, Secret, StatefulSet
from kpy.typing import EnvInput

__all__ = ["Database"]

_USER = 70
_DATA = "/var/lib/postgresql/data"


class Database(Construct):
    """A PostgreSQL database; its password is in a Secret that the platform makes, `<name>-password`."""

    version: Literal["16", "17"] = "17"
    """The major version of PostgreSQL."""
    storage: str = "10Gi"
    """The size of its volume, which can grow and never shrink."""

    def build(self) -> None:
        self.password = Secret.existing(f"{self.name}-password")
        data = Claim("data", storage=self.storage)
        container = Container(
            "postgres",
            image=f"registry.acme.example/postgres:{self.version}",
            env={"POSTGRES_PASSWORD": self.password["password"], "PGDATA": f"{_DATA}/pgdata"},
            ports={"sql": 5432},
            mounts={_DATA: data},
            readiness_probe=Probe.tcp("sql"),
            resources=Resources(cpu=("250m", None), memory="512Mi"),
        )
        self.stateful_set = self.add(
            StatefulSet(
                self.name,
                replicas=1,
                headless=True,
                containers=[container],
                security_context={"runAsUser": _USER, "fsGroup": _USER},
                volume_claim_templates=[data],
                protect=True,
            )
        )

    def env(self, prefix: str = "PG") -> EnvInput:
        """Return the variables by which a program finds the database."""
        return {
            f"{prefix}HOST": self.name,
            f"{prefix}PORT": "5432",
            f"{prefix}PASSWORD": self.password["password"],
        }
