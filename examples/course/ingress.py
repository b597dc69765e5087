"""Two hosts and three paths behind one address, with certificates."""

from kpy import App, Chart, Container, Deployment, Ingress, Secret

app = App("course")
chart = app.add(Chart("ingress"))
api = chart.add(Deployment("api", containers=[Container(image="ghcr.io/example/api:v1", ports={"http": 8080})]))
web = chart.add(Deployment("web", containers=[Container(image="ghcr.io/example/web:v1", ports={"http": 8080})]))
to_api, to_web = chart.add(api.expose()), chart.add(web.expose())
certificate = Secret.existing("shop-tls")
chart.add(
    Ingress(
        "edge",
        ingress_class_name="nginx",
        host="shop.example",
        routes={"/": to_web, "/api": to_api, "api.shop.example/": to_api},
        tls=certificate,
    )
)
