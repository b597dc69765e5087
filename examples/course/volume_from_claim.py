"""A claim as a folder of a container."""

from kpy import App, Chart, Claim, Container, Deployment

app = App("course")
chart = app.add(Chart("volume-from-claim", namespace="default"))
data = chart.add(Claim("mongo-pvc", storage="2Gi"))
mongo = Container(image="mongo:7.0", ports={"mongo": 27017}, mounts={"/data/db": data})
chart.add(Deployment("mongo", strategy="Recreate", containers=[mongo]))
