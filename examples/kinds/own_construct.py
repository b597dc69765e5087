"""A construct of one's own: a web service with its claim, used twice."""

from kpy import App, Chart, Construct, Container, Deployment, PersistentVolumeClaim


class WebService(Construct):
    """A Deployment behind a Service, with a disk of its own for uploads."""

    image: str
    port: int = 8080
    uploads: str = "1Gi"

    def build(self) -> None:
        claim = self.add(PersistentVolumeClaim(f"{self.name}-uploads", storage=self.uploads))
        deployment = self.add(
            Deployment(
                self.name,
                containers=[Container(image=self.image, ports={"http": self.port}, mounts={"/uploads": claim})],
                strategy="Recreate",
            )
        )
        self.add(deployment.expose())


app = App("kinds")
chart = app.add(Chart("own-construct", namespace="demo"))
chart.add(WebService("shop", image="ghcr.io/example/shop:3.2"))
chart.add(WebService("blog", image="ghcr.io/example/blog:1.9", uploads="20Gi"))
