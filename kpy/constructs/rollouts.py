"""How workloads replace their pods: a word, or what a rolling update may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from kpy.api.apps import v1 as apps
from kpy.errors import ArgumentError
from kpy.model.mappings import as_model
from kpy.model.model import Model
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from kpy.constructs.fields.mappings import (
        DaemonSetUpdateStrategyMapping,
        DeploymentStrategyMapping,
        StatefulSetUpdateStrategyMapping,
    )
else:  # types for editors, which no program needs
    DaemonSetUpdateStrategyMapping = DeploymentStrategyMapping = StatefulSetUpdateStrategyMapping = JsonObject

__all__ = [
    "DaemonSetStrategyInput",
    "DeploymentStrategyInput",
    "StatefulSetStrategyInput",
    "to_daemon_set_strategy",
    "to_deployment_strategy",
    "to_stateful_set_strategy",
]

DeploymentStrategyInput = (
    Literal["Recreate", "RollingUpdate"]
    | apps.RollingUpdateDeployment
    | apps.DeploymentStrategy
    | DeploymentStrategyMapping
    | JsonObject
)
StatefulSetStrategyInput = (
    Literal["OnDelete", "RollingUpdate"]
    | apps.RollingUpdateStatefulSetStrategy
    | apps.StatefulSetUpdateStrategy
    | StatefulSetUpdateStrategyMapping
    | JsonObject
)
DaemonSetStrategyInput = (
    Literal["OnDelete", "RollingUpdate"]
    | apps.RollingUpdateDaemonSet
    | apps.DaemonSetUpdateStrategy
    | DaemonSetUpdateStrategyMapping
    | JsonObject
)

#: The fields of a rolling update; a mapping that has nothing else is one.
_OF_UPDATES = frozenset({"maxSurge", "maxUnavailable", "partition"})


def to_deployment_strategy(said: DeploymentStrategyInput) -> apps.DeploymentStrategy:
    """Return a strategy as the API's own type."""
    made = _as_model(said, apps.DeploymentStrategy, apps.RollingUpdateDeployment)
    if isinstance(made, apps.RollingUpdateDeployment):
        return apps.DeploymentStrategy(type="RollingUpdate", rolling_update=made)
    if isinstance(made, str):
        return apps.DeploymentStrategy(type=made)  # type: ignore[arg-type]  # validation judges the word
    if isinstance(made, apps.DeploymentStrategy):
        return made
    raise _refused(said, '`"Recreate"`, a RollingUpdateDeployment or a DeploymentStrategy')


def to_stateful_set_strategy(said: StatefulSetStrategyInput) -> apps.StatefulSetUpdateStrategy:
    """Return a strategy as the API's own type."""
    made = _as_model(said, apps.StatefulSetUpdateStrategy, apps.RollingUpdateStatefulSetStrategy)
    if isinstance(made, apps.RollingUpdateStatefulSetStrategy):
        return apps.StatefulSetUpdateStrategy(type="RollingUpdate", rolling_update=made)
    if isinstance(made, str):
        return apps.StatefulSetUpdateStrategy(type=made)  # type: ignore[arg-type]  # validation judges the word
    if isinstance(made, apps.StatefulSetUpdateStrategy):
        return made
    raise _refused(said, '`"OnDelete"`, a RollingUpdateStatefulSetStrategy or a StatefulSetUpdateStrategy')


def to_daemon_set_strategy(said: DaemonSetStrategyInput) -> apps.DaemonSetUpdateStrategy:
    """Return a strategy as the API's own type."""
    made = _as_model(said, apps.DaemonSetUpdateStrategy, apps.RollingUpdateDaemonSet)
    if isinstance(made, apps.RollingUpdateDaemonSet):
        return apps.DaemonSetUpdateStrategy(type="RollingUpdate", rolling_update=made)
    if isinstance(made, str):
        return apps.DaemonSetUpdateStrategy(type=made)  # type: ignore[arg-type]  # validation judges the word
    if isinstance(made, apps.DaemonSetUpdateStrategy):
        return made
    raise _refused(said, '`"OnDelete"`, a RollingUpdateDaemonSet or a DaemonSetUpdateStrategy')


def _as_model(said: object, strategy: type[Model], update: type[Model]) -> object:
    """Return the model of a mapping: of a strategy, or of a rolling update where it has the fields of one."""
    if not isinstance(said, Mapping):
        return said
    return as_model(update if said and said.keys() <= _OF_UPDATES else strategy, said)


def _refused(said: object, expected: str) -> ArgumentError:
    return ArgumentError(f"{said!r} is no way to replace pods: expected {expected}")
