"""The containers of what makes pods, found and changed before synthesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Self

from kpy.api.core import v1 as core
from kpy.constructs.containers import Container
from kpy.errors import ArgumentError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.mappings import models_of
from kpy.tree.part import describe, frozen
from kpy.tree.walk import values_in

if TYPE_CHECKING:
    from kpy.constructs.env import EnvInput, EnvValue
    from kpy.constructs.fields.mappings import ContainerMapping
    from kpy.model.typing import JsonObject

__all__ = ["HoldsContainers", "container_name"]

#: How long the name of a container can be.
_LONGEST = 63


def container_name(workload: str) -> str:
    """Return the name of the only container of a workload; dots become dashes."""
    return workload.replace(".", "-")[:_LONGEST].rstrip("-")


class HoldsContainers(Declarative):
    """What makes pods, as the place of their containers."""

    def container(self, name: str | None = None) -> Container:
        """Return a container or init container by its name; without a name, the only container.

            api.container().set_env(LOG_LEVEL="debug")
            api.container("proxy").image = "envoyproxy/envoy:v1.33.0"

        One that was given as a mapping or as a model of `kpy.api` is a `Container`, too. Raises `UsageError`, which
        lists what there is.
        """
        found = list(self._containers(with_init=name is not None))
        if name is not None:
            found = [each for each in found if self._name_of(each) == name]
        if len(found) == 1:
            return found[0]
        wanted = "one container" if name is None else f'container "{name}"'
        there = ", ".join(f'"{self._name_of(each)}"' for each in self._containers()) or "none"
        raise UsageError(f"{describe(self)} has {'no' if name else 'not'} {wanted}; its containers are: {there}")

    def add_container(
        self, container: Container | core.Container | ContainerMapping | JsonObject, *, init: bool = False
    ) -> Container:
        """Add a container, or with `init=True` an init container, behind those that are there, and return it.

        An only container that has no name of its own gets that of the workload, which it would have had.
        """
        self._refuse_locked()
        (made,) = models_of("core/v1 Container")([container])
        if not isinstance(made, Container):
            made.__class__ = Container
        if made.name is None:
            raise ArgumentError('a container beside others needs a name: `Container("proxy", image=...)`')
        if any(self._name_of(each) == made.name for each in self._containers()):
            raise UsageError(f'{describe(self)} has a container "{made.name}" already: give one another name')
        for each in () if init else self._containers(with_init=False):
            each.name = each.name or self._name_of(each)
        field = "init_containers" if init else "containers"
        home: Any = self._home_of(field)
        setattr(home, field, [*(getattr(home, field, None) or ()), made])
        added: Container = made
        return added

    def set_env(
        self, variables: EnvInput | None = None, /, *, container: str | None = None, **more: EnvValue | None
    ) -> Self:
        """Set variables in all containers, or in that of a name, and return the workload; `None` removes one.

            api.set_env(LOG_LEVEL="debug", PASSWORD=secret["password"])

        Those that are there keep their place, and new ones come behind. Init containers are set by their name alone.
        """
        self._refuse_locked()
        for each in self._containers(with_init=False) if container is None else [self.container(container)]:
            each.set_env(variables, **more)
        return self

    def _containers(self, *, with_init: bool = True) -> Iterator[Container]:
        list(values_in(self, Container))  # those that were given as mappings are `Container`s from now on
        fields = ("init_containers", "containers") if with_init else ("containers",)
        homes: list[Any] = [self, *values_in(self, core.PodSpec)]
        lists: Iterator[Sequence[Any] | None] = (getattr(home, field, None) for home in homes for field in fields)
        return (each for each in chain.from_iterable(found or () for found in lists) if isinstance(each, Container))

    def _home_of(self, field: str) -> Any:
        """Return what has the list of containers: the workload, or the spec in its template."""
        specs = [spec for spec in values_in(self, core.PodSpec) if getattr(spec, field, None)]
        return specs[0] if specs else self

    def _name_of(self, container: Container) -> str:
        owner: Any = self
        return container.name or container_name(owner.name or owner.generated_name)

    def _refuse_locked(self) -> None:
        if self.__dict__["_locked"]:
            raise frozen(self, "change its containers")
