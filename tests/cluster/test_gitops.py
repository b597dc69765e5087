"""What `kpy gitops` writes, before an API server with the definitions of Argo CD and Flux."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.definitions import ARGOCD, FLUX, definitions
from cluster.servers import Cluster
from kpy.cli.main import run

pytestmark = pytest.mark.cluster

SETTINGS = """\
[project]
name = "infra"
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{cluster}/{env}/{app}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
[tool.kpy.clusters.eu]
[tool.kpy.clusters.us]
[tool.kpy.gitops]
namespace = "NAMESPACE"
project = "team-{app}"
destinations = { eu = "eu-cluster", us = "us-cluster" }
"""
FILES = 'repository = "https://github.com/acme/infra.git"\n'
#: What `[tool.kpy.gitops]` can say beside it.
ARGOCD_SOURCES = {
    "files": FILES,
    "images": 'oci = "oci://ghcr.io/acme/{cluster}/{app}"\n',
    "plugin": f"{FILES}plugin = true\n",
    "hydrator": f'{FILES}hydrate = "environments/{{env}}"\n',
    "hydrated plugin": f'{FILES}plugin = true\nhydrate = "environments/{{env}}"\nautomated = false\n',
}
FLUX_SOURCES = {
    "files": FILES,
    "images": f'{ARGOCD_SOURCES["images"]}decryption = "sops-age"\n',
    "commit": f'{FILES}revision = "{"0" * 40}"\nautomated = false\n',
}
SHOP = """\
from kpy import App, OtherApp

app = App("shop", after=[OtherApp("cart", from_="cart.py")])
"""


@pytest.fixture(scope="module")
def defined(cluster: Cluster) -> Iterator[Cluster]:
    """Return a cluster that has the definitions of Argo CD and Flux, until the last test is done."""
    files = [str(path) for module in (ARGOCD, *FLUX) for path in definitions(module)]
    words = [word for file in files for word in ("-f", file)]
    cluster.kubectl("apply", "--server-side", *words)
    for _ in range(60):  # kubectl does not wait for what has no conditions yet
        if not cluster.kubectl("wait", "--for=condition=Established", *words, check=False).returncode:
            break
        time.sleep(1)
    yield cluster
    cluster.kubectl("delete", *words)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of two apps, of which one comes after the other."""
    monkeypatch.chdir(tmp_path)
    Path("apps").mkdir()
    Path("apps/cart.py").write_text("from kpy import App\n\napp = App('cart')\n")
    Path("apps/shop.py").write_text(SHOP)


def made(capsys: pytest.CaptureFixture[str], namespace: str, source: str, *words: str) -> str:
    Path("pyproject.toml").write_text(SETTINGS.replace("NAMESPACE", namespace) + source)
    assert run(["gitops", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize("source", ARGOCD_SOURCES)
@pytest.mark.parametrize("option", ["", "--steps"])
def test_argocd_takes_what_is_made(
    defined: Cluster, namespace: str, capsys: pytest.CaptureFixture[str], source: str, option: str
) -> None:
    text = made(capsys, namespace, ARGOCD_SOURCES[source], "argocd", *([option] if option else []))

    defined.kubectl("create", "-f", "-", "--validate=strict", stdin=text)


def test_argocd_takes_sets_of_apps(defined: Cluster, namespace: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("apps/shop.py").write_text("from kpy import App\n\napp = App('shop')\n")

    text = made(capsys, namespace, FILES, "argocd", "--sets")

    defined.kubectl("create", "-f", "-", "--validate=strict", stdin=text)


@pytest.mark.parametrize("source", FLUX_SOURCES)
def test_flux_takes_what_is_made(
    defined: Cluster, namespace: str, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    text = made(capsys, namespace, FLUX_SOURCES[source], "flux")

    assert "dependsOn:" in text
    defined.kubectl("create", "-f", "-", "--validate=strict", stdin=text)


def test_definitions_refuse_what_is_wrong(defined: Cluster, namespace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The judge of the other tests judges."""
    text = made(capsys, namespace, FILES, "flux").replace("dependsOn:", "dependson:")

    done = defined.kubectl("create", "-f", "-", "--validate=strict", stdin=text, check=False)

    assert 'unknown field "spec.dependson"' in done.stderr
