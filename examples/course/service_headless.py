"""A Service without an address: its name leads to each pod itself."""

from kpy import App, Chart, Container, Deployment

app = App("course")
chart = app.add(Chart("service-headless"))
cache = chart.add(Deployment("cache", replicas=3, containers=[Container(image="redis:7.4", ports={"redis": 6379})]))
chart.add(cache.expose(cluster_ip="None"))
