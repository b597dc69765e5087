"""The files that `kpy init --library` writes: a package of constructs, policies and settings, with an app that uses it.

`SHORT` is the name of the house, `DIST` that of the distribution, `PACKAGE` that of the package.
"""

from __future__ import annotations

__all__ = ["FILES", "NEXT"]

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "DIST"
version = "0.1.0"
description = "What the platform team gives to all other teams"
requires-python = ">=3.11"
dependencies = ["kpy-k8s"]

[project.optional-dependencies]
testing = ["kpy-k8s[testing]"]

# By this kpy finds the policies wherever the package is installed.
[project.entry-points."kpy.policies"]
SHORT = "PACKAGE.policies"

[tool.hatch.build.targets.wheel]
packages = ["PACKAGE"]

# The library is checked with what it gives to others; `policies` finds them here without an installation.
[tool.kpy]
extend = ["PACKAGE/kpy.toml"]
policies = ["PACKAGE.policies"]
app = "sample/app.py"

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = [".", "sample"]

[tool.mypy]
strict = true
mypy_path = "sample"
files = ["PACKAGE", "tests"]

[tool.pyright]
include = ["PACKAGE", "sample", "tests"]
extraPaths = ["sample"]
"""

_INIT = '''\
"""What the platform team gives to all other teams: constructs, an app with the defaults of the house, and rules."""

from PACKAGE.apps import Environment, house_app
from PACKAGE.services import WebService

__all__ = ["Environment", "WebService", "house_app"]

#: Findings stand at the lines of whoever uses this package, wherever it is installed.
__kpy_library__ = True
'''

_APPS = '''\
"""An app as the house has it: labels, defaults and transforms that hold for everything in it."""

from __future__ import annotations

from typing import Literal

from kpy import App, Defaults

from PACKAGE.services import WebService

__all__ = ["Environment", "house_app"]

Environment = Literal["dev", "prod"]

#: What pods get that do not say it themselves; a chart, a construct or a workload refuses each of them with `OFF`.
DEFAULTS = Defaults(security="restricted", automount_service_account_token=False, env={"TZ": "UTC"})


def house_app(name: str, *, team: str, env: Environment = "dev") -> App:
    """Return an empty app of a team; add charts to it."""
    labels = {"SHORT.example/team": team, "SHORT.example/env": env}
    return App(name, labels=labels, defaults=DEFAULTS, transforms=[scrape])


def scrape(service: WebService) -> None:
    """Let Prometheus scrape the pods of every web service."""
    service.deployment.pod_annotations = {
        **(service.deployment.pod_annotations or {}),
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(service.port),
    }
'''

_SERVICES = '''\
"""What runs all the time and is reached over HTTP."""

from __future__ import annotations

from kpy import Construct, Container, Deployment, Probe, Resources, field
from kpy.typing import EnvInput

__all__ = ["WebService"]


class WebService(Construct):
    """A service that is reached over HTTP: a Deployment, a Service, and a budget where there are several pods."""

    image: str
    """The image, from registry.SHORT.example."""
    port: int = 8080
    """The port on which it serves."""
    replicas: int = 2
    """How many pods there are."""
    env: EnvInput = field(factory=dict)
    """Variables of the environment."""

    def build(self) -> None:
        """Add the parts."""
        if self.replicas < 1:
            self.refuse(f"replicas={self.replicas}: expected one or more")
        container = Container(
            self.name,
            image=self.image,
            env=self.env,
            ports={"http": self.port},
            readiness_probe=Probe.http("/ready", port="http"),
            resources=Resources(cpu=("100m", None), memory="128Mi"),
        )
        self.deployment = self.add(Deployment(self.name, replicas=self.replicas, containers=[container]))
        self.service = self.add(self.deployment.expose())
        if self.replicas > 1:
            self.add(self.deployment.budget(max_unavailable=1))
'''

_POLICIES = '''\
"""The rules of the house, in the group `SHORT`; kpy.toml says which of them nobody can lift."""

from __future__ import annotations

import kpy
from kpy import Raw, Yaml
from kpy.api.core.v1 import Container
from kpy.typing import Check, Path

from PACKAGE.services import WebService

REGISTRY = "registry.SHORT.example/"


@kpy.policy("SHORT-image-registry", on=Container, groups=["SHORT"])
def image_registry(container: Container, at: Path, check: Check) -> None:
    """Images come from the registry of the house, where they are scanned."""
    if container.image and not container.image.startswith(REGISTRY):
        check.report(at + "image", f"{container.image} is not from {REGISTRY}", fix="mirror it, and use the copy")


@kpy.policy("SHORT-replicas", on=WebService, groups=["SHORT"])
def replicas(service: WebService, at: Path, check: Check) -> None:
    """Web services survive the loss of a pod."""
    if service.replicas < 2:
        check.report(at + "replicas", f"{service.name} has one pod", fix="replicas=2, or waive it with the reason")


@kpy.policy("SHORT-no-raw", on=[Raw, Yaml], groups=["SHORT"])
def no_raw(part: Raw | Yaml, at: Path, check: Check) -> None:
    """Objects are made by constructs, which know the rules of the house."""
    check.report(at, f"{type(part).__name__} is for what a vendor gives us", fix="use a construct, or waive it")
'''

_SETTINGS = """\
# Settings that every team extends: extend = ["PACKAGE:kpy.toml"] under [tool.kpy] of its pyproject.toml.
select = ["recommended", "SHORT"]

[mandatory]
rules = ["SHORT-image-registry"]
"""

_SAMPLE = '''\
"""An app as a product team writes it; theirs lies in a repository of its own, which installs this package."""

from kpy import App, Chart
from PACKAGE import Environment, WebService, house_app


def app(env: Environment = "dev") -> App:
    """Return the app of one environment."""
    app = house_app("hello", team="hello", env=env)
    hello = app.add(Chart("hello", namespace=f"hello-{env}"))
    hello.add(WebService("web", image="registry.SHORT.example/hello/web:v1", replicas=4 if env == "prod" else 2))
    return app
'''

_TESTS = '''\
"""The library: what its constructs make, what its rules find, and that the sample app has no finding."""

import kpy
import pytest
from kpy import App, ArgumentError, Chart, ConfigMap, Container, Deployment, PodDisruptionBudget, Raw, SynthError
from kpy.testing import selects
from kpy.testing.plugin import Synth
from kpy.typing import Part
from PACKAGE import Environment, WebService, house_app

from app import app

IMAGE = "registry.SHORT.example/hello/web:v1"
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"a": "1"}}


def app_with(part: Part) -> App:
    """Return an app of the house with one part."""
    made = house_app("shop", team="shop")
    made.add(Chart("shop", namespace="shop")).add(part)
    return made


def rules(report: kpy.Report) -> list[str]:
    """Return what the rules of the house have found."""
    return [f"{found.severity} {found.rule}" for found in report if found.rule.startswith("SHORT-")]


@pytest.mark.kubernetes("1.32", "1.34", "1.36")
@pytest.mark.parametrize("env", ["dev", "prod"])
def test_sample_app_has_no_finding(env: Environment, synth: Synth) -> None:
    assert [found for found in synth(app(env)).report if found.severity != "note"] == []


def test_service_reaches_the_pods(synth: Synth) -> None:
    manifest = synth(app_with(WebService("web", image=IMAGE)))

    assert selects(manifest.find("Service", "web"), manifest.find("Deployment", "web"))


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 1)])
def test_what_has_several_pods_has_a_budget(replicas: int, budgets: int) -> None:
    service = WebService("web", image=IMAGE, replicas=replicas)

    assert len(list(service.walk(PodDisruptionBudget))) == budgets


def test_no_replica_at_all_is_refused() -> None:
    with pytest.raises(ArgumentError, match="replicas=0: expected one or more"):
        WebService("web", image=IMAGE, replicas=0)


def test_pods_are_scraped(synth: Synth) -> None:
    template = synth(app_with(WebService("web", image=IMAGE))).find("Deployment", "web").tree["spec"]["template"]

    assert template["metadata"]["annotations"]["prometheus.io/scrape"] == "true"


def test_image_of_another_registry_is_an_error_that_nobody_waives(synth: Synth) -> None:
    waive = {"SHORT-image-registry": "it is a good image"}

    with pytest.raises(SynthError) as error:
        synth(app_with(Deployment("web", containers=[Container(image="nginx:1.29")], waive=waive)))

    assert rules(error.value.report) == ["error SHORT-image-registry"]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (WebService("web", image=IMAGE, replicas=1), ["warning SHORT-replicas"]),
        (WebService("web", image=IMAGE, replicas=1, waive={"SHORT-replicas": "a toy"}), []),
        (Raw(CONFIG), ["warning SHORT-no-raw"]),
        (ConfigMap("config", data={"a": "1"}), []),
    ],
)
def test_policy_warns_of_this_and_not_of_that(part: Part, found: list[str], synth: Synth) -> None:
    assert rules(synth(app_with(part)).report) == found
'''

_README = """\
# DIST

What the platform team gives to all other teams: constructs, an app with the defaults of the house, policies and
settings.

A product team installs it, writes

    [tool.kpy]
    extend = ["PACKAGE:kpy.toml"]
    app = "app.py"

in its pyproject.toml, and an app like `sample/app.py`.
"""

#: Path to text.
FILES = {
    "PACKAGE/__init__.py": _INIT,
    "PACKAGE/apps.py": _APPS,
    "PACKAGE/kpy.toml": _SETTINGS,
    "PACKAGE/policies.py": _POLICIES,
    "PACKAGE/py.typed": "",
    "PACKAGE/services.py": _SERVICES,
    "README.md": _README,
    "pyproject.toml": _PYPROJECT,
    "sample/app.py": _SAMPLE,
    "tests/test_library.py": _TESTS,
}

NEXT = """\
Next, one after the other:

    pip install -e '.[testing]'
    kpy synth
    pytest

The second one writes the sample app, the third tests constructs and policies. Now see what nobody can lift:

    sed -i.bak 's/registry.SHORT.example/docker.io/' sample/app.py
    kpy synth

A team that installs the package writes `extend = ["PACKAGE:kpy.toml"]` under [tool.kpy] of its pyproject.toml.
`kpy explain SHORT-no-raw` explains a rule of the library, as of any other.
"""
