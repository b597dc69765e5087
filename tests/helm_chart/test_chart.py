"""`kpy synth --format helm`: what follows the parameters of an app, as templates that the real helm renders alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.helm_chart.conftest import Make

#: Code of an app with one ConfigMap, whose data and parameters are to be said.
CONFIG = """
def app({parameters}):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(ConfigMap("settings", data={data}))
    return app
"""


def config(parameters: str, data: str, before: str = "") -> str:
    return before + CONFIG.format(parameters=parameters, data=data)


def data_of(text: str) -> str:
    """Return the lines of the data of a template."""
    return text.partition("\ndata:\n")[2]


@pytest.mark.parametrize(
    ("parameters", "data", "template"),
    [
        ('tag: str = "v1"', '{"a": tag}', "  a: {{ .Values.tag | toJson }}\n"),
        ('tag: str = "v1"', '{"a": f"repo:{tag}"}', '  a: {{ printf "repo:%s" .Values.tag | toJson }}\n'),
        (
            'a: str = "x", b: str = "y"',
            '{"a": f"100% {a}-{b}-{a}"}',
            '  a: {{ printf "100%% %s-%s-%s" .Values.a .Values.b .Values.a | toJson }}\n',
        ),
        ("size: int = 3", '{"a": f"{size}Gi"}', '  a: {{ printf "%dGi" (int64 .Values.size) | toJson }}\n'),
        (
            "size: int = 3",
            '{"a": f"{size * 2 + 1}Gi"}',
            '  a: {{ printf "%dGi" (add (mul 2 (int64 .Values.size)) 1) | toJson }}\n',
        ),
        ("debug: bool = False", '{"a": str(debug)}', '  a: {{ if .Values.debug }}"True"{{ else }}"False"{{ end }}\n'),
        (
            "debug: bool = False",
            '{"a": "x", **({"b": "y"} if debug else {})}',
            '  a: x\n  {{- if .Values.debug }}\n  b: "y"\n  {{- end }}\n',
        ),
        (
            'env: str = "dev"',
            '{"a": "top" if env == "prod" else f"in {env}"}',
            '  a: {{ if eq .Values.env "prod" }}"top"{{ else }}{{ printf "in %s" .Values.env | toJson }}{{ end }}\n',
        ),
        (
            "count: int = 2",
            '{"a": "many" if count > 5 else "few"}',
            '  a: {{ if gt (int64 .Values.count) 5 }}"many"{{ else }}"few"{{ end }}\n',
        ),
        (
            "host: str | None = None",
            '{"a": host or "none"}',
            '  a: {{ if .Values.host }}{{ .Values.host | toJson }}{{ else }}"none"{{ end }}\n',
        ),
        (
            "labels: dict[str, str] = {}",
            '{"a": "x", **labels}',
            '  {{- if not (hasKey .Values.labels "a") }}\n  a: x\n  {{- end }}\n'
            "  {{- range $key, $value := .Values.labels }}\n"
            "  {{ $key | toJson }}: {{ $value | toJson }}\n  {{- end }}\n",
        ),
        (
            'tag: str = "v1"',
            '{"a": "{{ .Values.tag }} {{{", "b": tag}',
            '  a: "{{ "{{" }} .Values.tag }} {{ "{{" }}{"\n  b: {{ .Values.tag | toJson }}\n',
        ),
    ],
)
def test_leaf_follows_its_parameter(make: Make, no_helm: None, parameters: str, data: str, template: str) -> None:
    chart = make(config(parameters, data))

    assert chart.code == 0
    assert data_of(chart.text("templates/web.yaml")) == template


def test_choice_of_few_values_may_change_anything(make: Make, helm: str) -> None:
    code = """
from typing import Literal

def app(size: Literal["small", "large", "huge"] = "small"):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    web = chart.add(Deployment("web", replicas={"small": 1}.get(size, 3), containers=[Container(image="nginx:1.27")]))
    if size == "huge":
        chart.add(web.budget(max_unavailable=1))
    return app
"""
    chart = make(code)

    assert chart.code == 0
    assert '  replicas: {{ if eq .Values.size "small" }}1{{ else }}3{{ end }}\n' in chart.text("templates/web.yaml")
    assert '{{- if eq .Values.size "huge" }}\n---\napiVersion: policy/v1\n' in chart.text("templates/web.yaml")
    schema = json.loads(chart.text("values.schema.json"))
    assert schema["properties"]["size"] == {"enum": ["small", "large", "huge"]}


def test_secret_parameter_has_no_value_in_the_chart(make: Make, helm: str) -> None:
    code = """
def app(db_password: str = "hunter2"):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Secret.from_literals("db", {"password": db_password}, waive={"secret-in-program": "a test"}))
    return app
"""
    chart = make(code)

    assert chart.code == 0
    assert not any("hunter2" in chart.text(path.name) for path in chart.folder.iterdir() if path.is_file())
    assert "{{ .Values.db_password | b64enc | toJson }}" in chart.text("templates/web.yaml")
    assert json.loads(chart.text("values.schema.json"))["required"] == ["db_password"]
    assert oct((chart.folder / "templates/web.yaml").stat().st_mode)[-3:] == "600"


def test_values_have_what_the_docstring_says(make: Make, no_helm: None) -> None:
    code = config(
        'tag: str = "v1", host: str | None = None, *, domain: str', '{"a": tag, "b": domain, "c": str(host)}'
    ).replace(
        "    app = App",
        '    """The settings of the web.\n\n    Args:\n        tag: The tag,\n            also of others.\n'
        '        domain (str): Where it is.\n    """\n    app = App',
    )

    chart = make(code)

    assert chart.code == 0
    assert chart.text("values.yaml") == (
        "# The values of the chart shop, which kpy made; values.schema.json says what they may be.\n\n"
        "# The tag,\n# also of others.\ntag: v1\n\n"
        "# host:  # nothing, unless it is said\n\n"
        "# Where it is.\n# domain:  # to be said by whoever installs the chart: it has no default\n"
    )
    assert "description: The settings of the web.\n" in chart.text("Chart.yaml")


def test_missing_helm_is_said_loudly(make: Make, no_helm: None) -> None:
    chart = make(config('tag: str = "v1"', '{"a": tag}'))

    assert chart.code == 0
    assert chart.err.startswith("NOT PROVED: helm is not installed, or not on PATH, so that nothing shows that helm")


def test_no_proof_is_said_too(make: Make, helm: str) -> None:
    chart = make(config('tag: str = "v1"', '{"a": tag}'), "--no-proof")

    assert chart.code == 0
    assert chart.err.startswith("NOT PROVED: helm was not asked, since --no-proof was given; ")


def test_chart_of_an_app_without_parameters_has_no_values(make: Make, helm: str) -> None:
    chart = make(config("", '{"a": "{{ x }}"}'))

    assert chart.code == 0
    assert chart.text("values.yaml").count("\n") == 1
    assert [tree["data"] for tree in chart.rendered({})] == [{"a": "{{ x }}"}]


def test_chart_is_the_same_each_time_and_checked(make: Make, no_helm: None) -> None:
    code = config('tag: str = "v1", env: str = "dev"', '{"a": tag, "b": env}')
    first = make(code)

    second, checked = make(code), make(code, "--check")

    assert [chart.code for chart in (first, second, checked)] == [0, 0, 0]
    assert second.err.endswith("chart: 5 files, 0 changed\n")
    changed = make(code.replace('"b"', '"c"'), "--check")
    assert changed.code == 1
    assert "different: chart/templates/web.yaml\n" in changed.err
    assert "kpy synth shop.py -o chart --format helm" in changed.err


EVERYTHING = """
from dataclasses import dataclass
from typing import Literal

@dataclass
class Database:
    host: str = "db.example.com"
    port: int = 5432
    tls: bool = True

def app(
    image: str = "ghcr.io/acme/web",
    tag: str = "1.2.3",
    replicas: int = 2,
    memory: int = 256,
    size: Literal["small", "large"] = "small",
    monitoring: bool = False,
    debug: bool = False,
    host: str | None = None,
    args: list[str] = ["--a", "--b"],
    labels: dict[str, str] = {"team": "web"},
    database: Database = Database(),
    ratio: float = 0.5,
) -> App:
    app = App("web-app", labels={"version": tag})
    chart = app.add(Chart("web", namespace="web"))
    tls = "on" if database.tls else "off"
    env = {"DB": f"postgres://{database.host}:{database.port}/x?tls={tls}", "PORT": str(database.port)}
    if debug:
        env["DEBUG"] = "1"
    resources = Resources(cpu="100m" if size == "small" else "2", memory=f"{memory}Mi")
    container = Container(image=f"{image}:{tag}", args=args, env=env, ports={"http": 8080}, resources=resources)
    web = chart.add(Deployment("web", replicas=replicas, labels=labels, containers=[container]))
    service = chart.add(web.expose())
    if host:
        chart.add(Ingress("web", host=host, routes={"/": service}))
    if replicas > 1:
        chart.add(web.budget(max_unavailable=1))
    if monitoring:
        chart.add(ConfigMap("board", data={"d": "{{ $labels.x }}\\n%s\\n"}))
    chart.add(ConfigMap("cfg", data={"size": size, "text": f"a={tag}\\nb={replicas}\\n"}))
    chart.add(Raw({"apiVersion": "acme.example/v1", "kind": "Shop", "metadata": {"name": "s"}, "spec": {"r": ratio}}))
    return app
"""


@pytest.mark.slow
def test_helm_renders_what_kpy_synthesises(make: Make, helm: str, tmp_path: Path) -> None:
    chart = make(EVERYTHING)

    assert chart.code == 0, chart.err
    assert "proved: helm renders what kpy synthesises" in chart.err
    values = {"tag": 'a"b', "host": "x.example", "replicas": 1, "debug": True, "args": [], "database": {"tls": False}}
    rendered = {f"{tree['kind']}/{tree['metadata']['name']}": tree for tree in chart.rendered(values)}
    assert "PodDisruptionBudget/web" not in rendered
    assert rendered["Ingress/web"]["spec"]["rules"][0]["host"] == "x.example"
    container = rendered["Deployment/web"]["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == 'ghcr.io/acme/web:a"b'
    assert container["env"][0]["value"] == "postgres://db.example.com:5432/x?tls=off"


def test_texts_that_code_looks_up_are_all_there_are(make: Make, no_helm: None) -> None:
    chart = make(config('env: str = "dev"', '{"a": {"dev": "1", "prod": "2", "test": "1"}[env]}'))

    assert chart.code == 0
    assert data_of(chart.text("templates/web.yaml")) == '  a: {{ if eq .Values.env "prod" }}"2"{{ else }}"1"{{ end }}\n'
    assert json.loads(chart.text("values.schema.json"))["properties"]["env"] == {"enum": ["dev", "prod", "test"]}


def test_page_shows_what_is_written(make: Make, helm: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "charts-out.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]

    chart = make(code)

    assert chart.code == 0
    assert "\n".join(chart.err.splitlines()[:1]) in page
    template = chart.text("templates/web.yaml")
    assert re.findall(r"```\n(  replicas: .*\n)```", page)[0] in template
    assert '{{ printf "ghcr.io/acme/web:%s" .Values.tag | toJson }}' in template
    assert "{{- if .Values.host }}\n---\n" in template


@pytest.mark.slow
def test_example_becomes_a_chart(make: Make, helm: str) -> None:
    code = (Path(__file__).parents[2] / "examples" / "shop.py").read_text(encoding="utf-8")

    chart = make(code.replace("from __future__ import annotations\n", ""))

    assert chart.code == 0
    template = chart.text("templates/shop.yaml")
    assert "  maxReplicas: {{ mul 5 (int64 .Values.replicas) }}\n" in template
    assert (
        '  - host: {{ if eq .Values.env "prod" }}"shop.example"{{ else }}'
        '{{ printf "%s.shop.example" .Values.env | toJson }}{{ end }}\n'
    ) in template
