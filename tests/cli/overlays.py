"""Environments as projects have them: a base with overlays, and plain folders."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CONFIG", "SECRET", "SERVICE", "folders", "overlays", "write"]

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ghcr.io/shop/web:1.4
        ports: [{name: http, containerPort: 8080}]
        envFrom: [{configMapRef: {name: settings}}]
        env:
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
        resources: {requests: {cpu: 100m, memory: 128Mi}}
        readinessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 10}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}
"""
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {password: hunter2}}\n"
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {LEVEL: %s}}\n"
BASE = """\
resources: [deployment.yaml, service.yaml]
configMapGenerator:
- {name: settings, literals: [LOG_LEVEL=debug, FEATURE_X=off]}
secretGenerator:
- {name: db, literals: [password=hunter2]}
"""
DEV = "namespace: shop-dev\nnamePrefix: dev-\nresources: [../../base]\n"
PROD = """\
namespace: shop-prod
namePrefix: prod-
resources: [../../base, ingress.yaml]
images: [{name: ghcr.io/shop/web, newTag: "1.5"}]
replicas: [{name: web, count: 6}]
configMapGenerator:
- {name: settings, behavior: merge, literals: [LOG_LEVEL=warn, CACHE=redis]}
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          priorityClassName: high
          containers:
          - name: web
            resources: {requests: {cpu: 500m, memory: 1Gi}}
            readinessProbe: {periodSeconds: 5}
          - {name: metrics, image: "ghcr.io/shop/metrics:2"}
"""


def overlays() -> None:
    write("base/kustomization.yaml", BASE)
    write("base/deployment.yaml", DEPLOYMENT)
    write("base/service.yaml", SERVICE)
    write("overlays/dev/kustomization.yaml", DEV)
    write("overlays/prod/kustomization.yaml", PROD)
    write("overlays/prod/ingress.yaml", INGRESS)


def folders() -> None:
    write("k8s/dev/all.yaml", "---\n".join((DEPLOYMENT, SERVICE, CONFIG % "debug")))
    write("k8s/dev/secret.yaml", SECRET)
    production = DEPLOYMENT.replace("replicas: 1", "replicas: 6").replace(":1.4", ":1.5")
    write("k8s/prod/all.yaml", "---\n".join((production, SERVICE, CONFIG % "warn", INGRESS)))
    write("k8s/prod/secret.yaml", SECRET)


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
