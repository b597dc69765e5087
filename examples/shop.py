from kpy import App, Chart, Claim, ConfigMap, Container, Deployment, Ingress, NetworkPolicy, Probe, Resources


class Shop(Chart):
    """Web and API tiers of the shop."""

    host: str
    image: str
    replicas: int = 2

    def build(self) -> None:
        config = self.add(ConfigMap.from_literals("config", {"NUM_LIVES": "3", "PORT": "9090"}))
        data = self.add(Claim("uploads", storage="2Gi"))
        api = self.add(
            Deployment(
                "api",
                replicas=self.replicas,
                containers=[
                    Container(
                        image=f"{self.image}/api:v2",
                        ports={"http": 8080},
                        env={"LOG_LEVEL": "info", "LIVES": config["NUM_LIVES"]},
                        env_from=[config],
                        mounts={"/var/lib/uploads": data},
                        liveness_probe=Probe.http("/healthz", port="http", period_seconds=15),
                        resources=Resources(cpu=("250m", "1"), memory="256Mi"),
                    )
                ],
            )
        )
        service = self.add(api.expose())
        self.add(Ingress("edge", host=self.host, routes={"/api": service}))
        self.add(NetworkPolicy("api", target=api).allow_from_namespace("ingress-nginx", ports=["http"]))


def app(env: str = "dev", replicas: int = 2) -> App:
    app = App("shop")
    app.add(Shop("shop", namespace=f"shop-{env}", host="shop.io", image="ghcr.io/shop", replicas=replicas))
    return app
