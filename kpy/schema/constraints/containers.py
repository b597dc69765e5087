"""Rules on single fields of containers."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Count, Format, OneOf, Required, Unique, field_rule

__all__ = ["RULES"]

_PERSISTENT_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/"
_VOLUMES: Final = "https://kubernetes.io/docs/concepts/storage/volumes/"
_PODS: Final = "https://kubernetes.io/docs/concepts/workloads/pods/"
_POD_LIFECYCLE: Final = "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/"
_POD_V1: Final = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"
_CONFIGURE_LIVENESS_READINESS_STARTUP_PROBES: Final = (
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
)
_CONFIGURE_POD_CONFIGMAP: Final = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/"
_DEFINE_ENVIRONMENT_VARIABLE_CONTAINER: Final = (
    "https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"
)

RULES: Final = (
    field_rule(
        "container-name-invalid",
        "The name of a container must be a DNS label: lower-case letters, digits and dashes.",
        Format("name", "DNS label", message='container name "{value}" {fault}'),
        on=("core/v1 Container", "core/v1 EphemeralContainer"),
        source=_PODS,
    ),
    field_rule(
        "container-name-required",
        "Every container must have a name.",
        Required("name", "a container has no `name`", fix="set `name`"),
        on=("core/v1 Container", "core/v1 EphemeralContainer"),
        source=_PODS,
    ),
    field_rule(
        "container-port-name-invalid",
        "The name of a port has at most 15 lower-case letters, digits and dashes, with a letter among them.",
        Format("name", "port name", message='port name "{value}" {fault}'),
        on="core/v1 ContainerPort",
        source=_POD_V1 + "#ports",
    ),
    field_rule(
        "container-port-out-of-range",
        "The number of a port must be from 1 to 65535, in the container and on the node.",
        Bounds("containerPort", 1, 65_535, zero_is_absent=True),
        Bounds("hostPort", 1, 65_535, zero_is_absent=True),
        on="core/v1 ContainerPort",
        source=_POD_V1 + "#ports",
    ),
    field_rule(
        "container-port-required",
        "A port of a container must have a number; 0 counts as none.",
        Required("containerPort", "a port has no `containerPort`", fix="set `containerPort`"),
        on="core/v1 ContainerPort",
        source=_POD_V1 + "#ports",
    ),
    field_rule(
        "containers-required",
        "A pod must have at least one container; init containers do not count.",
        Required("containers", "there is no container", fix="add a container with a `name` and an `image`"),
        on="core/v1 PodSpec",
        source=_PODS,
    ),
    field_rule(
        "device-name-required",
        "A block device must name a volume.",
        Required("name", "a block device has no `name`", fix="name a volume of the pod"),
        on="core/v1 VolumeDevice",
        source=_PERSISTENT_VOLUMES + "#raw-block-volume-support",
    ),
    field_rule(
        "device-path-required",
        "A block device must have a path in the container.",
        Required("devicePath", "a block device has no `devicePath`", fix="set `devicePath`"),
        on="core/v1 VolumeDevice",
        source=_PERSISTENT_VOLUMES + "#raw-block-volume-support",
    ),
    field_rule(
        "env-file-key",
        "A variable from a file must name a key in it, of printable ASCII without `=`.",
        Format(
            "key",
            "environment variable name",
            required=True,
            message='key "{value}" {fault}',
            fix="set `key`",
            since="1.35",
        ),
        on="core/v1 FileKeySelector",
        source=_POD_V1 + "#environment-variables",
    ),
    field_rule(
        "env-file-volume-name",
        "A variable from a file must name the volume that has the file by a DNS label.",
        Format("volumeName", "DNS label", required=True, message='volume name "{value}" {fault}', since="1.35"),
        on="core/v1 FileKeySelector",
        source=_POD_V1 + "#environment-variables",
    ),
    field_rule(
        "env-from-name-required",
        "A reference to all keys of a ConfigMap or Secret must name it.",
        Required("name", "`{parent}` has no `name`", fix="set `name`"),
        on=("core/v1 ConfigMapEnvSource", "core/v1 SecretEnvSource"),
        source=_CONFIGURE_POD_CONFIGMAP,
    ),
    field_rule(
        "env-from-prefix-invalid",
        "The prefix of variables must be one with which the name of a variable can begin.",
        Format("prefix", "environment variable name", message='prefix "{value}" {fault}'),
        on="core/v1 EnvFromSource",
        source=_CONFIGURE_POD_CONFIGMAP,
    ),
    field_rule(
        "env-key-invalid",
        "A key must be one that a ConfigMap or Secret can have.",
        Format("key", "key of a ConfigMap", message='key "{value}" {fault}'),
        on=("core/v1 ConfigMapKeySelector", "core/v1 SecretKeySelector"),
        source=_CONFIGURE_POD_CONFIGMAP,
    ),
    field_rule(
        "env-key-name-invalid",
        "A reference to a key must name its ConfigMap or Secret by a DNS subdomain.",
        Format(
            "name",
            "DNS subdomain",
            required=True,
            message='name "{value}" {fault}',
            fix="name the ConfigMap or Secret that has the key",
        ),
        on=("core/v1 ConfigMapKeySelector", "core/v1 SecretKeySelector"),
        source=_CONFIGURE_POD_CONFIGMAP,
    ),
    field_rule(
        "env-key-required",
        "A reference to a ConfigMap or Secret must name a key in it.",
        Required("key", fix="set `key`, or use `envFrom` to take all keys"),
        on=("core/v1 ConfigMapKeySelector", "core/v1 SecretKeySelector"),
        source=_CONFIGURE_POD_CONFIGMAP,
    ),
    field_rule(
        "env-name-invalid",
        "The name of an environment variable is printable ASCII without `=`; before 1.32 letters, digits and `_-.`.",
        Format("name", "environment variable name", message='environment variable "{value}" {fault}'),
        on="core/v1 EnvVar",
        source=_DEFINE_ENVIRONMENT_VARIABLE_CONTAINER,
    ),
    field_rule(
        "env-name-required",
        "An environment variable must have a name.",
        Required("name", "an environment variable has no `name`", fix="set `name`"),
        on="core/v1 EnvVar",
        source=_DEFINE_ENVIRONMENT_VARIABLE_CONTAINER,
    ),
    field_rule(
        "mount-name-required",
        "A mount must name a volume.",
        Required("name", "a mount has no `name`", fix="name a volume of the pod"),
        on="core/v1 VolumeMount",
        source=_VOLUMES,
    ),
    field_rule(
        "mount-path-duplicate",
        "A container cannot mount two volumes at one place.",
        Unique("volumeMounts", "mountPath", message='"{value}" is taken by another mount', fix="mount it elsewhere"),
        on=("core/v1 Container", "core/v1 EphemeralContainer"),
        source=_VOLUMES,
    ),
    field_rule(
        "mount-path-required",
        "A mount must say where in the container it is.",
        Required("mountPath", "a mount has no `mountPath`", fix="set `mountPath`"),
        on="core/v1 VolumeMount",
        source=_VOLUMES,
    ),
    field_rule(
        "probe-command-required",
        "A probe or hook that runs a command must say which.",
        Required("command", "`exec` has no `command`", fix='set `command`, such as ["cat", "/tmp/healthy"]'),
        on="core/v1 ExecAction",
        source=_CONFIGURE_LIVENESS_READINESS_STARTUP_PROBES,
    ),
    field_rule(
        "probe-grace-period",
        "The time to end after a failed probe must be a second at least.",
        Bounds("terminationGracePeriodSeconds", 1),
        on="core/v1 Probe",
        source=_CONFIGURE_LIVENESS_READINESS_STARTUP_PROBES + "#probe-level-terminationgraceperiodseconds",
    ),
    field_rule(
        "probe-number-negative",
        "Times and thresholds of a probe must not be negative; 0 stands for the default.",
        Bounds("initialDelaySeconds", 0),
        Bounds("timeoutSeconds", 0),
        Bounds("periodSeconds", 0),
        Bounds("successThreshold", 0),
        Bounds("failureThreshold", 0),
        on="core/v1 Probe",
        source=_CONFIGURE_LIVENESS_READINESS_STARTUP_PROBES + "#configure-probes",
    ),
    field_rule(
        "restart-rule-exit-codes-required",
        "A restart rule must say for which exit codes it is.",
        Required(
            "exitCodes",
            "a restart rule has no `exitCodes`",
            fix="set `operator` and `values` in it",
            or_empty=True,
            since="1.35",
        ),
        on="core/v1 ContainerRestartRule",
        source=_POD_LIFECYCLE + "#container-restart-rules",
    ),
    field_rule(
        "restart-rule-operator-unsupported",
        "Exit codes are named by In or NotIn.",
        OneOf("operator", ("In", "NotIn"), required=True, since="1.35"),
        on="core/v1 ContainerRestartRuleOnExitCodes",
        source=_POD_LIFECYCLE + "#container-restart-rules",
    ),
    field_rule(
        "restart-rule-values-too-many",
        "A restart rule may name at most 255 exit codes.",
        Count("values", most=255, items="exit codes", since="1.35"),
        on="core/v1 ContainerRestartRuleOnExitCodes",
        source=_POD_LIFECYCLE + "#container-restart-rules",
    ),
    field_rule(
        "restart-rules-too-many",
        "A container may have at most 20 restart rules.",
        Count("restartPolicyRules", most=20, items="restart rules", since="1.35"),
        on="core/v1 Container",
        source=_POD_LIFECYCLE + "#container-restart-rules",
    ),
)
