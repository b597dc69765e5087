"""A Helm chart and a Kustomize overlay in an app, beside objects of one's own, and referred to by them."""

from kpy import App, Chart, Helm, Ingress, Kustomize, Secret

app = App("shop")
shop = app.add(Chart("shop", namespace="shop"))

# An object in the values becomes its name; `hooks` says what becomes of the Job that migrates the store.
store = Secret.existing("store")
counter = shop.add(
    Helm(
        "counter",
        "counter",
        values={"replicas": 2, "existingSecret": store, "podAnnotations": {"team": "shop"}},
        hooks="keep",
        patch={"Deployment/counter": {"spec": {"minReadySeconds": 5}}},
    )
)
mail = shop.add(Kustomize("mail/prod", images={"registry.example.com/mail": ":1.9"}))

# What charts and overlays make is found, referred to and changed like one's own.
mail.find("Deployment", "mail").min_ready_seconds = 10
shop.add(
    Ingress(
        "shop",
        host="shop.example.com",
        routes={"/count": counter.find("Service"), "/mail": mail.find("Service", "mail")},
    )
)
