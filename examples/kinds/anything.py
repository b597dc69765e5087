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
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {"name": "database-1", "labels": {"kubernetes.io/service-name": "database"}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["203.0.113.7"]}],
            "ports": [{"name": "postgres", "port": 5432}],
        }
    )
)
chart.add(Yaml(Path(__file__).parent / "files" / "rules.yaml"))
