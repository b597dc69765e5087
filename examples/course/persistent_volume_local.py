"""A disk of one node as a volume, which binds only once a pod is placed."""

from kpy import App, Chart, PersistentVolume, StorageClass
from kpy.api.core.v1 import (
    LocalVolumeSource,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    VolumeNodeAffinity,
)

app = App("course")
chart = app.add(Chart("persistent-volume-local"))
local = chart.add(
    StorageClass("local", provisioner="kubernetes.io/no-provisioner", volume_binding_mode="WaitForFirstConsumer")
)
on_node = NodeSelectorRequirement(key="kubernetes.io/hostname", operator="In", values=["node-1"])
chart.add(
    PersistentVolume(
        "fast-disk",
        storage="100Gi",
        access_modes=["ReadWriteOnce"],
        storage_class_name=local,
        local=LocalVolumeSource(path="/mnt/disks/fast"),
        node_affinity=VolumeNodeAffinity(
            required=NodeSelector(node_selector_terms=[NodeSelectorTerm(match_expressions=[on_node])])
        ),
    )
)
