"""A share of an NFS server as a volume of the cluster, and the claim that gets it."""

from kpy import App, Chart, PersistentVolume
from kpy.api.core.v1 import NFSVolumeSource

app = App("course")
chart = app.add(Chart("persistent-volume-nfs", namespace="default"))
media = chart.add(
    PersistentVolume(
        "media",
        storage="1Ti",
        access_modes=["ReadWriteMany"],
        persistent_volume_reclaim_policy="Retain",
        nfs=NFSVolumeSource(server="10.0.0.5", path="/export/media"),
    )
)
chart.add(media.claim("media"))
