"""Billing: a worker that books, and a small service beside it that only the cluster reaches."""

from acme_kpy import Environment, WebService, Worker, acme_app

from kpy import App, Chart, ConfigMap, Deployment


def app(env: Environment = "dev") -> App:
    app = acme_app("billing", team="finance", env=env)
    billing = app.add(Chart("billing", namespace=f"billing-{env}"))
    rates = billing.add(ConfigMap.from_literals("rates", {"vat": "0.19"}, immutable=True))

    booking = billing.add(Worker("booking", image="registry.acme.example/billing/booking:v4", metrics=9102))
    # what the library has no field for: the parts of a construct can be asked and changed
    booking.deployment.container("booking").set_env(VAT=rates["vat"])
    booking.find(Deployment).min_ready_seconds = 10

    billing.add(WebService("invoices", image="registry.acme.example/billing/invoices:v4", replicas=1, port=8000))
    return app
