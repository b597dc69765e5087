"""Nobody talks to anybody in a namespace, but for what is allowed: in and out, and names."""

from kpy import App, Chart, Container, Deployment, NetworkPolicy, Traffic

app = App("course")
chart = app.add(Chart("default-deny", namespace="demo"))
web = chart.add(Deployment("web", containers=[Container(image="ghcr.io/example/web:v1", ports={"http": 8080})]))
api = chart.add(Deployment("api", containers=[Container(image="ghcr.io/example/api:v1", ports={"http": 8080})]))

chart.add(NetworkPolicy("default").deny_all())
traffic = chart.add(Traffic("traffic"))
traffic.policy(web).allow_from_namespace("ingress-nginx", ports=["http"])
traffic.allow_between(web, api, ports=["http"])
traffic.allow_dns(web, api)
