"""Cloud disks on demand: a class of storage, and a claim that asks for it."""

from kpy import App, Chart, Claim, StorageClass

app = App("course")
chart = app.add(Chart("storage-class", namespace="default"))
fast = chart.add(
    StorageClass(
        "fast",
        provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3"},
        allow_volume_expansion=True,
        volume_binding_mode="WaitForFirstConsumer",
    )
)
chart.add(Claim("database", storage="20Gi", storage_class_name=fast))
