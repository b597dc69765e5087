"""Probes and lifecycle handlers in one line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal, TypedDict, Unpack

from kpy.api.core import v1 as core
from kpy.model.lists import Several, to_list

__all__ = ["Handler", "Probe", "Timings"]

Scheme = Literal["HTTP", "HTTPS"]


class Timings(TypedDict, total=False):
    """When and how often a probe runs, in seconds and counts."""

    initial_delay_seconds: int | timedelta
    period_seconds: int | timedelta
    timeout_seconds: int | timedelta
    success_threshold: int
    failure_threshold: int
    termination_grace_period_seconds: int | timedelta


class Probe(core.Probe):
    """A check of a container's health.

        Probe.http("/healthz", port="http", period_seconds=15)

    https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """

    @classmethod
    def http(
        cls,
        path: str,
        port: int | str,
        *,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
        scheme: Scheme | None = None,
        **timings: Unpack[Timings],
    ) -> Probe:
        """Ask for a path over HTTP; any status from 200 to 399 is healthy. `port` is a number or a port's name."""
        return cls(http_get=_http_get(path, port, headers, host, scheme), **timings)

    @classmethod
    def tcp(cls, port: int | str, *, host: str | None = None, **timings: Unpack[Timings]) -> Probe:
        """Open a TCP connection. `port` is a number or a port's name."""
        return cls(tcp_socket=core.TCPSocketAction(port=port, host=host), **timings)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def exec(  # type: ignore[override]
        cls, *command: str | Several[str], **timings: Unpack[Timings]
    ) -> Probe:
        """Run a command in the container; exit status 0 is healthy. No shell is involved.

        The words are given one by one or as a list: `Probe.exec("pg_isready", "-q")`.
        """
        return cls(exec=core.ExecAction(command=_words(command)), **timings)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def grpc(  # type: ignore[override]
        cls, port: int, *, service: str | None = None, **timings: Unpack[Timings]
    ) -> Probe:
        """Ask the gRPC health service. `port` is a number."""
        return cls(grpc=core.GRPCAction(port=port, service=service), **timings)


class Handler(core.LifecycleHandler):
    """What runs after a container started or before it stops.

        Lifecycle(pre_stop=Handler.sleep(5))

    https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
    """

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def exec(  # type: ignore[override]
        cls, *command: str | Several[str]
    ) -> Handler:
        """Run a command in the container."""
        return cls(exec=core.ExecAction(command=_words(command)))

    @classmethod
    def http(
        cls,
        path: str,
        port: int | str,
        *,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
        scheme: Scheme | None = None,
    ) -> Handler:
        """Ask for a path over HTTP."""
        return cls(http_get=_http_get(path, port, headers, host, scheme))

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def sleep(  # type: ignore[override]
        cls, seconds: int
    ) -> Handler:
        """Wait for some seconds."""
        return cls(sleep=core.SleepAction(seconds=seconds))


def _words(command: Iterable[str | Several[str]]) -> list[str]:
    """Return the words of a command."""
    return [word for said in command for word in ([said] if isinstance(said, str) else to_list(said, "a command"))]


def _http_get(
    path: str, port: int | str, headers: Mapping[str, str] | None, host: str | None, scheme: Scheme | None
) -> core.HTTPGetAction:
    return core.HTTPGetAction(
        path=path,
        port=port,
        host=host,
        scheme=scheme,
        http_headers=(
            None
            if headers is None
            else [core.HTTPHeader(name=name, value=value) for name, value in dict(headers).items()]
        ),
    )
