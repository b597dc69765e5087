"""What `kpy synth -o` writes, taken by `kubectl apply -f` as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.servers import Cluster
from kpy import App, Chart, ConfigMap, Namespace, Secret

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("layout", ["chart", "resource"])
def test_folder_is_applied_in_one_go(cluster: Cluster, tmp_path: Path, layout: str) -> None:
    """Although the chart that needs the namespace has a name that comes first."""
    name = f"in-order-{layout}"
    app = App("shop")
    apps = app.add(Chart("apps", namespace=name))
    apps.add(ConfigMap("config"))
    apps.add(Secret.from_literals("creds", {"a": "hunter22"}))
    app.add(Chart("base")).add(Namespace(name))
    app.synth().write(tmp_path, layout=layout)  # type: ignore[arg-type]

    done = cluster.kubectl("apply", "--recursive", "-f", str(tmp_path), check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"namespace/{name} created\nconfigmap/config created\nsecret/creds created\n"
