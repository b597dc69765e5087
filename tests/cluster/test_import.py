"""What a cluster says of its objects becomes the code that their author would write, and is no change to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cluster.servers import Cluster
from kpy.cli.main import run
from kpy.documents import read_file
from kpy.importing.live import from_cluster

pytestmark = pytest.mark.cluster

WRITTEN = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: api}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: info}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      serviceAccountName: api
      containers:
      - name: api
        image: ghcr.io/shop/api:v1
        ports: [{name: http, containerPort: 8080}]
        envFrom: [{configMapRef: {name: settings}}]
        readinessProbe: {httpGet: {path: /, port: http}}
        volumeMounts: [{name: settings, mountPath: /etc/shop}, {name: tmp, mountPath: /tmp}]
      volumes:
      - {name: settings, configMap: {name: settings}}
      - {name: tmp, emptyDir: {}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: db
        image: postgres:17
        volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: 0 6 * * *
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: report, image: "report:v1"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: once, image: "once:v1"}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec: {podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {}}], ports: [{port: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api}
spec:
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: api, port: {name: http}}}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: api}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: api, namespace: NAMESPACE}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: uploads}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: hunter2}
"""
KINDS = "sa,cm,deploy,sts,svc,cj,job,netpol,ing,hpa,pdb,role,rolebinding,pvc,secret"


def live(cluster: Cluster, namespace: str, folder: Path) -> Path:
    """Return a file with what the cluster has of the objects."""
    written = folder / "written.yaml"
    written.write_text(WRITTEN.replace("NAMESPACE", namespace))
    cluster.kubectl("apply", "-n", namespace, "-f", str(written))
    answer = folder / "live.yaml"
    answer.write_text(cluster.kubectl("get", KINDS, "-n", namespace, "-o", "yaml").stdout)
    return answer


def test_objects_of_a_cluster_are_what_was_written(cluster: Cluster, namespace: str, tmp_path: Path) -> None:
    answer = live(cluster, namespace, tmp_path)

    made = from_cluster(read_file(str(answer)).documents, name="shop", file=str(tmp_path / "app.py"))

    assert made.differences == ()
    assert "hunter2" not in made.text
    assert {each.form for each in made.objects} == {"short", "existing"}
    assert {each.title.partition(" ")[0] for each in made.objects if each.form == "existing"} <= {
        "ConfigMap",
        "Secret",
        "ServiceAccount",
    }


def test_app_that_is_imported_is_no_change(
    cluster: Cluster, namespace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer, app = live(cluster, namespace, tmp_path), tmp_path / "imported.py"

    assert run(["import", str(answer), "--live", "-o", str(app)]) == 0, capsys.readouterr().err
    capsys.readouterr()
    run(["compare", str(answer), str(app), "--format", "json"])

    changes: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["changes"]
    touched = {each["kind"] for each in changes if each["effect"] != "no change"}
    assert touched <= {"Secret", "ConfigMap", "ServiceAccount"}
