"""A file that somebody else has written, an app around it, and messages without the places on this machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kpy import App, Chart

VENDOR = """\
# what the vendor says
apiVersion: v1
kind: Service
metadata:
  name: metrics
spec:
  selector: {app: metrics}
  ports:
    - {name: http, port: 80, targetPort: http}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: metrics
  labels: {app: metrics}
spec:
  replicas: 2
  selector:
    matchLabels: {app: metrics}
  template:
    metadata:
      labels: {app: metrics}
    spec:
      containers:
        - name: metrics
          image: docker.io/vendor/metrics:v1
          ports:
            - {name: http, containerPort: 8080}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  LEVEL: info
"""


def write_vendor(folder: Path) -> Path:
    """Write the file of the vendor, and return its path."""
    path = folder / "vendor.yaml"
    path.write_text(VENDOR)
    return path


def shop(*parts: Any, **arguments: Any) -> App:
    """Return an app with one chart that has these parts."""
    app = App("shop")
    chart = app.add(Chart("shop", **arguments))
    for part in parts:
        chart.add(part)
    return app


def shortened(error: BaseException) -> str:
    """Return the text of an error with `FILE` for the line of a test, and the file of the vendor without its folder."""
    text = re.sub(r"[^\s(]*tests/constructs/test_\w+\.py:\d+", "FILE", str(error))
    return re.sub(r"[^\s(\"`']*vendor\.yaml", "vendor.yaml", text)
