"""The words that people bring are answered with the ones that kpy has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

import kpy
from kpy import (
    App,
    Chart,
    Claim,
    Container,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    KpyError,
    NetworkPolicy,
    PodDisruptionBudget,
    Probe,
    Resources,
    Role,
    Secret,
    Service,
)
from kpy.api.core.v1 import ConfigMap as ApiConfigMap
from kpy.loading.imports import import_hint
from kpy.model.fields import FieldOwner, fields_of
from kpy.model.synonyms import ADVICE, WORDS


def said(call: Callable[[], object]) -> str:
    with pytest.raises(KpyError) as caught:
        call()
    return re.sub(r"[^\s(]*test_suggestions\.py:\d+", "FILE", str(caught.value))


def web() -> Deployment:
    return Deployment("web", containers=[Container(image="web:1", ports=80)])


@pytest.mark.parametrize(
    ("cls", "word", "hint"),
    [
        (Claim, "size", "did you mean `storage`?"),
        (Claim, "storage_class", "did you mean `storage_class_name`?"),
        (Claim, "accessModes", "did you mean `access_modes`?"),
        (HorizontalPodAutoscaler, "target", "did you mean `scale_target_ref`?"),
        (HorizontalPodAutoscaler, "min", "did you mean `min_replicas`?"),
        (HorizontalPodAutoscaler, "max", "did you mean `max_replicas`?"),
        (HorizontalPodAutoscaler, "target_cpu_utilization_percentage", "did you mean `cpu`?"),
        (PodDisruptionBudget, "min", "did you mean `min_available`?"),
        (PodDisruptionBudget, "target", "did you mean `selector`?"),
        (
            Resources,
            "requests",
            'give a pair of request and limit: `Resources(cpu=("100m", "1"))`; or give `resources=` a mapping with '
            "`requests`",
        ),
        (Resources, "cpu_limit", 'give a pair of request and limit: `cpu=("100m", "1")`'),
        (Probe, "period", "did you mean `period_seconds`?"),
        (Probe, "initial_delay", "did you mean `initial_delay_seconds`?"),
        (Deployment, "image_pull_secret", "did you mean `image_pull_secrets`?"),
        (Deployment, "replica_count", "did you mean `replicas`?"),
        (Deployment, "restart", "did you mean `restart_policy`?"),
        (Deployment, "image", "it is a field of the container: `containers=[Container(image=...)]`"),
        (Deployment, "cpu", "amounts are those of a container: `containers=[Container(resources=Resources(cpu=...))]`"),
        (Container, "env_variables", "did you mean `env`?"),
        (Container, "environment", "did you mean `env`?"),
        (Container, "port_number", "did you mean `ports`?"),
        (Container, "entrypoint", "did you mean `command`?"),
        (Container, "healthcheck", "did you mean `liveness_probe`?"),
        (Container, "volumes", 'what a container mounts is given by path: `mounts={"/data": claim}`'),
        (Container, "mem_limit", 'amounts are `resources=Resources(cpu="250m", memory="256Mi")`'),
        (
            Container,
            "privileged",
            "it is a field of the security context: `security_context=SecurityContext(privileged=...)` of "
            "`kpy.api.core.v1`",
        ),
        (Service, "service_type", "did you mean `type`?"),
        (Service, "target_port", 'it is a part of a port: `ports=["80:8080"]`'),
        (Ingress, "service", "did you mean `routes`?"),
        (Ingress, "hosts", "did you mean `host`?"),
        (Ingress, "class_name", "did you mean `ingress_class_name`?"),
        (NetworkPolicy, "allow_from", "it is a method: `.allow_from(...)`"),
        (Role, "verbs", 'rules are added by `allow`: `Role("reader").allow(["get", "list"], "pods")`'),
        (Chart, "disable_resource_name_hashes", "names are never changed: leave it out"),
        (App, "outdir", "the folder is chosen when it runs: `kpy synth -o dist`"),
        (
            ApiConfigMap,
            "name",
            'it is a part of the metadata, `metadata=ObjectMeta(name="web")`; `kpy.ConfigMap` takes the name itself',
        ),
    ],
)
def test_argument_of_another_tool_is_answered(cls: Any, word: str, hint: str) -> None:
    arguments = {"name": "a", word: 1} if "name" in fields_of(cls).positional else {word: 1}

    assert said(lambda: cls(**arguments)) == f"FILE: {cls.__name__} has no argument `{word}`; {hint}"


@pytest.mark.parametrize(
    ("owner", "word", "hint"),
    [
        (web, "service", "a Service is made by `expose()`: `service = chart.add(workload.expose())`"),
        (web, "expose_via_service", "did you mean `expose`?"),
        (web, "autoscale", "did you mean `scale`?"),
        (web, "expose_via_ingres", "did you mean `expose_via_ingress`?"),
        (web, "spec", "fields of the spec are keywords, and attributes, of their own"),
        (
            lambda: Chart("c"),
            "node",
            "the tree is asked by `find`, `walk`, `owner` and `path`, and changed by `add` and `remove`; order is set "
            "by `after=[...]`",
        ),
        (
            lambda: Chart("c"),
            "apply_aspect",
            "a function over parts of a class is a transform: `App(transforms=[scrape])`",
        ),
        (lambda: Chart("c"), "try_remove_child", "a part is removed by `remove(part)`"),
        (lambda: Chart("c"), "to_json", "an app is synthesised: `app.synth()`"),
        (lambda: Service("a"), "dns_name", "did you mean `host` or `fqdn`?"),
        (lambda: Secret("a"), "env_value", 'a key is `secret["key"]`'),
    ],
)
def test_attribute_of_another_tool_is_answered(owner: Callable[[], Any], word: str, hint: str) -> None:
    made = owner()

    assert said(lambda: getattr(made, word)) == f"FILE: {type(made).__name__} has no attribute `{word}`; {hint}"
    assert not hasattr(made, word)
    assert getattr(made, word, None) is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SecurityContext", "it is a type of the API: `from kpy.api.core.v1 import SecurityContext`"),
        ("Toleration", "it is a type of the API: `from kpy.api.core.v1 import Toleration`"),
        ("ObjectMeta", "it is a type of the API: `from kpy.api.meta.v1 import ObjectMeta`"),
        ("DeploymentStrategy", "it is a type of the API: `from kpy.api.apps.v1 import DeploymentStrategy`"),
        ("PVC", "its name is `kpy.Claim`, or `kpy.PersistentVolumeClaim`"),
        ("Duration", "times are numbers of seconds or `datetime.timedelta`"),
    ],
)
def test_name_that_lives_elsewhere_is_answered(name: str, hint: str) -> None:
    with pytest.raises(ImportError, match=re.escape(f"kpy has no `{name}`: {hint}")):
        getattr(kpy, name)
    with pytest.raises(ImportError, match=re.escape(hint)):
        exec(f"from kpy import {name}")


def test_name_that_nobody_knows_is_no_attribute() -> None:
    assert not hasattr(kpy, "Nonsense")


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: Probe.from_http_get, "did you mean `http`?"),  # type: ignore[attr-defined]
        (lambda: Secret.from_secret_name, "did you mean `existing`?"),  # type: ignore[attr-defined]
        (lambda: Deployment.scal, "did you mean `scale`?"),  # type: ignore[attr-defined]
        (lambda: str.nonsense, None),  # type: ignore[attr-defined]
    ],
)
def test_method_of_a_class_is_answered_when_an_app_is_loaded(call: Callable[[], object], hint: str | None) -> None:
    with pytest.raises(AttributeError) as caught:
        call()

    assert import_hint(caught.value) == hint


def test_type_of_another_module_of_the_api_is_answered_when_an_app_is_loaded() -> None:
    with pytest.raises(ImportError) as caught:
        exec("from kpy.api.core.v1 import Deployment")

    assert import_hint(caught.value) == "it is in another module: `from kpy.api.apps.v1 import Deployment`"


def test_words_mean_what_is_there() -> None:
    classes = [value for name in kpy.__all__ if isinstance(value := getattr(kpy, name), type)]
    there = {name for cls in classes if issubclass(cls, FieldOwner) for name in (*fields_of(cls).defaults, *dir(cls))}
    arguments = {"certificate", "goal", "max_skew", "period", "size_limit"}

    meant = {name for names in WORDS.values() for name in names.split()}
    assert meant - there - arguments == set()


def test_advice_is_for_classes_that_are_there() -> None:
    classes = [value for name in kpy.__all__ if isinstance(value := getattr(kpy, name), type)]
    names = {base.__name__ for cls in classes for base in cls.__mro__}

    assert set(ADVICE) - names == {"ApiObject"}


def test_several_wrong_arguments_are_answered_together() -> None:
    assert said(lambda: Claim("a", size="1Gi", mode="x", storageClass="fast")) == (  # type: ignore[call-arg]
        "FILE: PersistentVolumeClaim has no arguments `size` (did you mean `storage`?), `mode` (did you mean "
        "`volume_mode`?) and `storageClass` (did you mean `storage_class_name`?)"
    )
