"""Fixtures: an API server for the whole run, its controllers, and a namespace for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import servers
from cluster.commands import APP, Kpy
from cluster.nodes import nodes as run_nodes
from cluster.servers import Cluster
from kpy.cli.stopping import interruptible

NAMES = (f"test-{number}" for number in itertools.count(1))


@pytest.fixture(scope="session")
def assets() -> Path:
    """Return the folder with the servers; the tests are skipped where there is none."""
    given = os.environ.get("KUBEBUILDER_ASSETS")
    if not given:
        pytest.skip("needs a real API server: run `make test-cluster`, or set KUBEBUILDER_ASSETS")
    folder = Path(given).resolve()
    lacks = [name for name in ("kube-apiserver", "etcd") if not (folder / name).exists()]
    if lacks:
        pytest.skip(f"KUBEBUILDER_ASSETS={given} has no {' and no '.join(lacks)}: run `make test-cluster`")
    return folder


@pytest.fixture(scope="session")
def cluster(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return an API server that lives until the last test is done; being terminated counts as Ctrl-C."""
    with interruptible(), servers.running(assets, tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def controllers(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run the controllers from the first test that asks for them on."""
    with servers.controllers(cluster, tmp_path_factory.mktemp("controllers")):
        yield


@pytest.fixture(scope="session")
def nodes(cluster: Cluster, controllers: None) -> Iterator[None]:
    """Run the stand-in for nodes as well, so that pods become ready or fail; see `cluster.nodes`."""
    with run_nodes(cluster):
        yield


@pytest.fixture
def namespace(cluster: Cluster) -> str:
    """Return the name of a new namespace; it goes with the server."""
    name = next(NAMES)
    cluster.kubectl("create", "namespace", name)
    return name


@pytest.fixture
def kpy(
    cluster: Cluster,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Kpy:
    """Return what runs commands of kpy, in a folder with an app for this namespace; see `cluster.commands`."""
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(APP)
    return Kpy(cluster, namespace, capsys)
