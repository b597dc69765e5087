"""The shop: a web service, a worker and their database, and an agent that a vendor gives us."""

from acme_kpy import Database, Environment, WebService, Worker, acme_app

from kpy import OFF, App, Chart, Yaml

IMAGE = "registry.acme.example/shop/api:v2"


def app(env: Environment = "dev") -> App:
    app = acme_app("shop", team="shop", env=env)

    shop = app.add(Chart("shop", namespace=f"shop-{env}"))
    orders = shop.add(Database("orders", storage="100Gi" if env == "prod" else "1Gi"))
    shop.add(
        WebService(
            "api",
            image=IMAGE,
            host="shop.acme.example" if env == "prod" else "shop.dev.acme.example",
            replicas=6 if env == "prod" else 2,
            size="large" if env == "prod" else "small",
            env=orders.env(),
            metrics=9090,
        )
    )
    shop.add(Worker("mail", image="registry.acme.example/shop/mail:v7", env=orders.env()))

    # the objects of a vendor, as they are: without the defaults of the house, and with a reason for each rule
    vendor = app.add(
        Chart(
            "vendor",
            namespace=f"shop-{env}",
            defaults=OFF,
            waive={
                "acme-no-raw": "a vendor makes it",
                "pod-security-host-namespaces": "it watches the network of its node",
            },
        )
    )
    vendor.add(Yaml("vendor/agent.yaml"))
    return app
