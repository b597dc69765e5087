"""Classes of a cluster: what serves an Ingress, which disk a claim gets, which pods go first, what runs them."""

from kpy import App, Chart, IngressClass, PriorityClass, RuntimeClass, StorageClass

app = App("kinds")
chart = app.add(Chart("classes"))
chart.add(IngressClass("internal", controller="k8s.io/ingress-nginx"))
chart.add(StorageClass("fast", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"}))
chart.add(PriorityClass("critical", value=100_000))
chart.add(RuntimeClass("gvisor", handler="runsc"))
