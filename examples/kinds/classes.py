"""Classes of a cluster: which controller serves an Ingress, which runtime runs a pod, which disk a claim gets."""

from kpy import App, Chart, Container, IngressClass, Pod, PriorityClass, RuntimeClass, StorageClass

app = App("kinds")
chart = app.add(Chart("classes", namespace="demo"))
chart.add(IngressClass("internal", controller="k8s.io/ingress-nginx"))
chart.add(StorageClass("fast", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"}))
critical = chart.add(PriorityClass("critical", value=100_000))
sandboxed = chart.add(RuntimeClass("gvisor", handler="runsc"))
chart.add(
    Pod(
        "untrusted",
        runtime_class_name=sandboxed,
        priority_class_name=critical,
        containers=[Container(image="ghcr.io/example/job:1.0")],
    )
)
