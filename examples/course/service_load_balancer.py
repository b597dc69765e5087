"""An address outside the cluster, open to one network only."""

from kpy import App, Chart, Container, Deployment

app = App("course")
chart = app.add(Chart("service-load-balancer"))
simpleweb = chart.add(
    Deployment("simpleweb", containers=[Container(image="opusidea/simpleweb:v2", ports={"http": 8080})])
)
chart.add(
    simpleweb.expose(
        type="LoadBalancer",
        ports={"http": 80},
        external_traffic_policy="Local",
        load_balancer_source_ranges=["203.0.113.0/24"],
    )
)
