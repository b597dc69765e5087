"""How workloads replace their pods: a word, or what a rolling update may do."""

from __future__ import annotations

from typing import Literal

from kpy.api.apps import v1 as apps
from kpy.errors import ArgumentError

__all__ = [
    "DaemonSetStrategyInput",
    "DeploymentStrategyInput",
    "StatefulSetStrategyInput",
    "to_daemon_set_strategy",
    "to_deployment_strategy",
    "to_stateful_set_strategy",
]

DeploymentStrategyInput = Literal["Recreate", "RollingUpdate"] | apps.RollingUpdateDeployment | apps.DeploymentStrategy
StatefulSetStrategyInput = (
    Literal["OnDelete", "RollingUpdate"] | apps.RollingUpdateStatefulSetStrategy | apps.StatefulSetUpdateStrategy
)
DaemonSetStrategyInput = (
    Literal["OnDelete", "RollingUpdate"] | apps.RollingUpdateDaemonSet | apps.DaemonSetUpdateStrategy
)


def to_deployment_strategy(said: DeploymentStrategyInput) -> apps.DeploymentStrategy:
    """Return a strategy as the API's own type."""
    match said:
        case apps.DeploymentStrategy():
            return said
        case apps.RollingUpdateDeployment():
            return apps.DeploymentStrategy(type="RollingUpdate", rolling_update=said)
        case str():
            return apps.DeploymentStrategy(type=said)
    raise _refused(said, '`"Recreate"`, a RollingUpdateDeployment or a DeploymentStrategy')


def to_stateful_set_strategy(said: StatefulSetStrategyInput) -> apps.StatefulSetUpdateStrategy:
    """Return a strategy as the API's own type."""
    match said:
        case apps.StatefulSetUpdateStrategy():
            return said
        case apps.RollingUpdateStatefulSetStrategy():
            return apps.StatefulSetUpdateStrategy(type="RollingUpdate", rolling_update=said)
        case str():
            return apps.StatefulSetUpdateStrategy(type=said)
    raise _refused(said, '`"OnDelete"`, a RollingUpdateStatefulSetStrategy or a StatefulSetUpdateStrategy')


def to_daemon_set_strategy(said: DaemonSetStrategyInput) -> apps.DaemonSetUpdateStrategy:
    """Return a strategy as the API's own type."""
    match said:
        case apps.DaemonSetUpdateStrategy():
            return said
        case apps.RollingUpdateDaemonSet():
            return apps.DaemonSetUpdateStrategy(type="RollingUpdate", rolling_update=said)
        case str():
            return apps.DaemonSetUpdateStrategy(type=said)
    raise _refused(said, '`"OnDelete"`, a RollingUpdateDaemonSet or a DaemonSetUpdateStrategy')


def _refused(said: object, expected: str) -> ArgumentError:
    return ArgumentError(f"{said!r} is no way to replace pods: expected {expected}")
