"""Well-known operators: which custom resources make pods and other objects, and which only speak of them.

https://operatorhub.io has most of them. What an operator makes of a custom resource bears the name of that, alone or
with something before or behind it, and its pods have a label with that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = [
    "FIXED_NAMES",
    "LABELS_OF_OPERATORS",
    "LABELS_OF_THE_CLUSTER",
    "LABEL_VALUES",
    "is_deployer",
    "is_maker",
    "is_reader",
]

#: Groups, with their kinds, or all of them, whose objects become pods, Secrets, Services and more.
_MAKERS: Final[Mapping[str, str]] = {
    "acid.zalan.do": "postgresql",
    "agent.k8s.elastic.co": "*",
    "apm.k8s.elastic.co": "*",
    "apps.3scale.net": "*",
    "apps.kruise.io": "*",
    "apps.openshift.io": "DeploymentConfig",
    "argoproj.io": "AnalysisRun Application ApplicationSet ArgoCD CronWorkflow EventBus EventSource Rollout Sensor "
    "Workflow WorkflowTemplate",
    "batch.volcano.sh": "*",
    "beat.k8s.elastic.co": "*",
    "bitnami.com": "SealedSecret",
    "camel.apache.org": "*",
    "cassandra.datastax.com": "*",
    "ceph.rook.io": "*",
    "cert-manager.io": "*",
    "clickhouse-keeper.altinity.com": "*",
    "clickhouse.altinity.com": "*",
    "core.strimzi.io": "*",
    "crdb.cockroachlabs.com": "*",
    "databases.spotahome.com": "*",
    "druid.apache.org": "*",
    "elasticsearch.k8s.elastic.co": "*",
    "enterprisesearch.k8s.elastic.co": "*",
    "external-secrets.io": "ExternalSecret ClusterExternalSecret",
    "flink.apache.org": "*",
    "flinkoperator.k8s.io": "*",
    "gateway.networking.k8s.io": "Gateway",
    "generators.external-secrets.io": "*",
    "grafana.integreatly.org": "Grafana",
    "helm.cattle.io": "HelmChart",
    "helm.toolkit.fluxcd.io": "HelmRelease",
    "infinispan.org": "*",
    "jaegertracing.io": "*",
    "jobset.x-k8s.io": "*",
    "k8s.keycloak.org": "*",
    "k8s.mariadb.com": "*",
    "k8ssandra.io": "*",
    "kafka.banzaicloud.io": "*",
    "kafka.strimzi.io": "*",
    "keycloak.org": "*",
    "kibana.k8s.elastic.co": "*",
    "kubeflow.org": "*",
    "kubevirt.io": "*",
    "kustomize.toolkit.fluxcd.io": "Kustomization",
    "leaderworkerset.x-k8s.io": "*",
    "logging.banzaicloud.io": "Logging",
    "logstash.k8s.elastic.co": "*",
    "loki.grafana.com": "LokiStack",
    "machinelearning.seldon.io": "*",
    "maps.k8s.elastic.co": "*",
    "mariadb.mmontes.io": "*",
    "minio.min.io": "*",
    "mongodb.com": "*",
    "mongodbcommunity.mongodb.com": "*",
    "monitoring.coreos.com": "Alertmanager Prometheus PrometheusAgent ThanosRuler",
    "monitoring.openshift.io": "*",
    "mysql.oracle.com": "*",
    "mysql.presslabs.org": "*",
    "nats.io": "*",
    "onepassword.com": "*",
    "opensearch.opster.io": "*",
    "opentelemetry.io": "OpenTelemetryCollector TargetAllocator",
    "operator.tigera.io": "*",
    "operator.victoriametrics.com": "VMAgent VMAlert VMAlertmanager VMAuth VMCluster VMSingle VLogs VLSingle",
    "operators.coreos.com": "Subscription",
    "pgv2.percona.com": "*",
    "postgres-operator.crunchydata.com": "*",
    "postgresql.cnpg.io": "*",
    "psmdb.percona.com": "*",
    "ps.percona.com": "*",
    "pxc.percona.com": "*",
    "rabbitmq.com": "*",
    "ray.io": "*",
    "redis.redis.opstreelabs.in": "*",
    "scylla.scylladb.com": "*",
    "secrets-store.csi.x-k8s.io": "SecretProviderClass",
    "secrets.hashicorp.com": "*",
    "secrets.infisical.com": "*",
    "serving.knative.dev": "*",
    "serving.kserve.io": "*",
    "solr.apache.org": "*",
    "sparkoperator.k8s.io": "*",
    "spv.no": "*",
    "tekton.dev": "*",
    "tempo.grafana.com": "*",
    "temporal.io": "*",
    "trust.cert-manager.io": "*",
    "v1.min.io": "*",
    "vault.banzaicloud.com": "*",
    "vitess.io": "*",
    "planetscale.com": "*",
    "workload.codeflare.dev": "*",
    "zookeeper.pravega.io": "*",
}
#: Groups, with their kinds, or all of them, whose objects speak of others and make none.
_READERS: Final[Mapping[str, str]] = {
    "autoscaling.k8s.io": "VerticalPodAutoscaler",
    "cilium.io": "CiliumNetworkPolicy CiliumClusterwideNetworkPolicy",
    "configuration.konghq.com": "*",
    "crd.projectcalico.org": "NetworkPolicy GlobalNetworkPolicy",
    "gateway.networking.k8s.io": "GRPCRoute HTTPRoute ReferenceGrant TCPRoute TLSRoute UDPRoute BackendTLSPolicy",
    "getambassador.io": "*",
    "grafana.integreatly.org": "GrafanaDashboard GrafanaDatasource GrafanaFolder",
    "k8s.nginx.org": "*",
    "keda.sh": "ScaledObject TriggerAuthentication ClusterTriggerAuthentication",
    "linkerd.io": "*",
    "monitoring.coreos.com": "PodMonitor Probe PrometheusRule ScrapeConfig ServiceMonitor AlertmanagerConfig",
    "networking.istio.io": "*",
    "operator.victoriametrics.com": "VMPodScrape VMRule VMServiceScrape VMProbe VMNodeScrape VMStaticScrape",
    "policy.linkerd.io": "*",
    "projectcalico.org": "NetworkPolicy GlobalNetworkPolicy",
    "projectcontour.io": "*",
    "route.openshift.io": "*",
    "security.istio.io": "*",
    "snapshot.storage.k8s.io": "*",
    "split.smi-spec.io": "*",
    "telemetry.istio.io": "*",
    "traefik.containo.us": "*",
    "traefik.io": "*",
}
#: What deploys whole applications, to whatever namespace they say.
_DEPLOYERS: Final[Mapping[str, str]] = {
    "argoproj.io": "Application ApplicationSet",
    "helm.cattle.io": "HelmChart",
    "helm.toolkit.fluxcd.io": "HelmRelease",
    "kustomize.toolkit.fluxcd.io": "Kustomization",
}
#: What stands before the slash in labels that operators give to pods that they make.
LABELS_OF_OPERATORS: Final = frozenset(
    {
        "acme.cert-manager.io",
        "agent.k8s.elastic.co",
        "apps.openshift.io",
        "argocd.argoproj.io",
        "beat.k8s.elastic.co",
        "cassandra.datastax.com",
        "cnpg.io",
        "common.k8s.elastic.co",
        "elasticsearch.k8s.elastic.co",
        "events.argoproj.io",
        "eventing.knative.dev",
        "gateway.envoyproxy.io",
        "gateway.istio.io",
        "gateway.networking.k8s.io",
        "jobset.sigs.k8s.io",
        "k8s.mariadb.com",
        "keda.sh",
        "kibana.k8s.elastic.co",
        "kubevirt.io",
        "leaderworkerset.sigs.k8s.io",
        "logstash.k8s.elastic.co",
        "messaging.knative.dev",
        "mysql.oracle.com",
        "operator.istio.io",
        "postgres-operator.crunchydata.com",
        "ray.io",
        "rollouts-pod-template-hash",
        "serving.knative.dev",
        "serving.kserve.io",
        "sparkoperator.k8s.io",
        "strimzi.io",
        "tekton.dev",
        "triggers.tekton.dev",
        "training.kubeflow.org",
        "v1.min.io",
        "vault.banzaicloud.com",
        "vm.kubevirt.io",
        "workflows.argoproj.io",
    }
)
#: Labels, with their values, of pods that a cluster, or its service mesh, has by itself.
LABELS_OF_THE_CLUSTER: Final = frozenset(
    {
        ("component", "etcd"),
        ("component", "kube-apiserver"),
        ("component", "kube-controller-manager"),
        ("component", "kube-proxy"),
        ("component", "kube-scheduler"),
        ("istio", "egressgateway"),
        ("istio", "ingressgateway"),
        ("istio", "pilot"),
        ("k8s-app", "kube-apiserver"),
        ("k8s-app", "kube-dns"),
        ("k8s-app", "kube-proxy"),
        ("k8s-app", "node-local-dns"),
        ("tier", "control-plane"),
    }
)
#: Group and kind to values of labels that all pods made of such objects have, whatever the name.
LABEL_VALUES: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("acid.zalan.do", "postgresql"): frozenset({"spilo"}),
    ("ceph.rook.io", "CephCluster"): frozenset({"rook-ceph-mgr", "rook-ceph-mon", "rook-ceph-osd"}),
    ("ceph.rook.io", "CephObjectStore"): frozenset({"rook-ceph-rgw"}),
    ("jaegertracing.io", "Jaeger"): frozenset({"jaeger"}),
    ("monitoring.coreos.com", "Alertmanager"): frozenset({"alertmanager"}),
    ("monitoring.coreos.com", "Prometheus"): frozenset({"prometheus"}),
    ("monitoring.coreos.com", "PrometheusAgent"): frozenset({"prometheus-agent"}),
    ("monitoring.coreos.com", "ThanosRuler"): frozenset({"thanos-ruler"}),
    ("operator.victoriametrics.com", "VMAgent"): frozenset({"vmagent"}),
    ("operator.victoriametrics.com", "VMSingle"): frozenset({"vmsingle"}),
}
#: Group and kind to names of objects that are made of them, whatever their name.
FIXED_NAMES: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("ceph.rook.io", "CephCluster"): frozenset({"rook-ceph-mgr", "rook-ceph-mgr-dashboard", "rook-ceph-mon-endpoints"}),
    ("monitoring.coreos.com", "Alertmanager"): frozenset({"alertmanager-operated"}),
    ("monitoring.coreos.com", "Prometheus"): frozenset({"prometheus-operated"}),
    ("monitoring.coreos.com", "PrometheusAgent"): frozenset({"prometheus-agent-operated"}),
    ("monitoring.coreos.com", "ThanosRuler"): frozenset({"thanos-ruler-operated"}),
}


def is_maker(group: str, kind: str) -> bool:
    """Return whether custom resources of a kind are known to become pods or other objects."""
    return _has(_MAKERS, group, kind)


def is_deployer(group: str, kind: str) -> bool:
    """Return whether custom resources of a kind are known to make objects in other namespaces, too."""
    return _has(_DEPLOYERS, group, kind)


def is_reader(group: str, kind: str) -> bool:
    """Return whether custom resources of a kind are known to make nothing."""
    return _has(_READERS, group, kind)


def _has(kinds_by_group: Mapping[str, str], group: str, kind: str) -> bool:
    kinds = kinds_by_group.get(group, "")
    return kinds == "*" or kind in kinds.split()
