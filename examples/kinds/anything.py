"""What has no construct: a mapping by `Raw`, a file by `Yaml`, and a typed model as it is."""

from pathlib import Path

from kpy import App, Chart, Raw, Yaml
from kpy.api.coordination.v1 import Lease, LeaseSpec
from kpy.api.meta.v1 import ObjectMeta

app = App("kinds")
chart = app.add(Chart("anything", namespace="demo"))
chart.add(Lease(metadata=ObjectMeta(name="leader"), spec=LeaseSpec(lease_duration_seconds=15)))
chart.add(
    Raw(
        {
            "apiVersion": "cert-manager.io/v1",
            "kind": "Issuer",
            "metadata": {"name": "internal"},
            "spec": {"selfSigned": {}},
        }
    )
)
chart.add(Yaml(Path(__file__).parent / "files" / "rules.yaml"))
