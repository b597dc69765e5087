"""Custom resources as typed Python: a broker, its queue, and the Deployment that reads from it.

The definitions are in `crds/`, their types in `infra/crds/`, written by `kpy crds add`.
"""

from infra.crds.mq_example_com.v1 import Broker, Queue, QueueConsumer

from kpy import App, Chart, Container, Deployment, Resources, Secret

app = App("orders")
chart = app.add(Chart("orders", namespace="orders"))
worker = chart.add(Deployment("worker", containers=[Container(image="ghcr.io/shop/worker:v3")]))
broker = chart.add(
    Broker(
        "broker",
        edition="community",
        replicas=3,
        resources=Resources(cpu="500m", memory="1Gi"),
        tls={"secretName": Secret.existing("broker-tls"), "minVersion": "1.3"},
        settings={"maxConnections": 500, "journal": {"sync": "always"}},
    )
)
chart.add(
    Queue(
        "orders",
        broker_ref=broker.ref(),
        retention="24h",
        consumers=[QueueConsumer(from_="first", pod_selector=worker)],
        labels={"team": "orders"},
        labels_={"topic": "orders"},
    )
)
