"""Tables and lists among the values: their entries and items, one by one."""

from __future__ import annotations

import json

import pytest

from tests.helm_chart.conftest import Make

#: Code of an app with a custom object, whose spec and parameters are to be said.
SPEC = """
def app({parameters}):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Raw({{"apiVersion": "acme.example/v1", "kind": "Shop", "metadata": {{"name": "s"}}, "spec": {spec}}}))
    return app
"""


def spec(parameters: str, spec: str, before: str = "") -> str:
    return before + SPEC.format(parameters=parameters, spec=spec)


def spec_of(text: str) -> str:
    """Return the lines of the spec of a template."""
    return text.partition("\nspec:\n")[2]


TLS = """
from dataclasses import dataclass

@dataclass
class Tls:
    host: str
    port: int = 443
"""


@pytest.mark.parametrize(
    ("code", "template"),
    [
        (
            spec('hosts: list[str] = ["a"], tag: str = "1"', '{"x": ["first", *(f"{h}:{tag}" for h in hosts)]}'),
            "  x:\n  - first\n  {{- range $item := .Values.hosts }}\n"
            '  - {{ printf "%s:%s" $item $.Values.tag | toJson }}\n  {{- end }}\n',
        ),
        (
            spec('hosts: list[str] = ["a"]', '{"x": [{"host": h} for h in hosts]}'),
            "  {{- if .Values.hosts }}\n  x:\n  {{- range $item := .Values.hosts }}\n"
            "  - host: {{ $item | toJson }}\n  {{- end }}\n  {{- else }}\n  x: []\n  {{- end }}\n",
        ),
        (
            spec(
                'env: dict[str, str] = {"A": "1"}', '{"x": [*({"name": k, "value": env[k]} for k in sorted(env)), 7]}'
            ),
            "  x:\n  {{- range $item_key, $item := .Values.env }}\n  - name: {{ $item_key | toJson }}\n"
            "    value: {{ $item | toJson }}\n  {{- end }}\n  - 7\n",
        ),
        (
            spec("debug: bool = False", '{"x": ["a", *(["b"] if debug else []), "c"]}'),
            "  x:\n  - a\n  {{- if .Values.debug }}\n  - b\n  {{- end }}\n  - c\n",
        ),
        (
            spec("tls: Tls | None = None", '{"x": f"{tls.host}:{tls.port}" if tls else "off"}', TLS),
            '  {{- if .Values.tls }}\n  x: {{ if kindIs "invalid" .Values.tls.port }}'
            '{{ printf "%s:443" .Values.tls.host | toJson }}{{ else }}'
            '{{ printf "%s:%d" .Values.tls.host (int64 .Values.tls.port) | toJson }}{{ end }}\n'
            '  {{- else }}\n  x: "off"\n  {{- end }}\n',
        ),
        (
            spec('tls: list[Tls] = [Tls("a")]', '{"x": [{"h": t.host, "p": t.port} for t in tls] or ["none"]}', TLS),
            "  {{- if .Values.tls }}\n  x:\n  {{- range $item := .Values.tls }}\n  - h: {{ $item.host | toJson }}\n"
            "    p: {{ if $item.port }}{{ $item.port | toJson }}{{ else }}443{{ end }}\n  {{- end }}\n"
            "  {{- else }}\n  x:\n  - none\n  {{- end }}\n",
        ),
        (
            spec("deep: list[list[int]] = [[1]]", '{"x": [[0, [1]], *deep, []]}'),
            "  x:\n  -\n    - 0\n    -\n      - 1\n  {{- range $item := .Values.deep }}\n  - {{ $item | toJson }}\n"
            "  {{- end }}\n  - []\n",
        ),
        (
            spec('more: dict[str, str] = {}, tag: str = "v"', '{"x": {"a": "1", "b": tag, **more}}'),
            '  x:\n    {{- if not (hasKey .Values.more "a") }}\n    a: "1"\n    {{- end }}\n'
            '    {{- if not (hasKey .Values.more "b") }}\n    b: {{ .Values.tag | toJson }}\n    {{- end }}\n'
            "    {{- range $key, $value := .Values.more }}\n"
            "    {{ $key | toJson }}: {{ $value | toJson }}\n    {{- end }}\n",
        ),
        (
            spec("more: dict[str, str] = {}", '{"x": {**more, "a": "1"}}'),
            '  x:\n    a: "1"\n    {{- range $key, $value := .Values.more }}\n    {{- if not (has $key (list "a")) }}\n'
            "    {{ $key | toJson }}: {{ $value | toJson }}\n    {{- end }}\n    {{- end }}\n",
        ),
    ],
)
def test_template_goes_through_values(make: Make, no_helm: None, code: str, template: str) -> None:
    chart = make(code)

    assert chart.code == 0, chart.err
    print(spec_of(chart.text("templates/web.yaml")))
    assert spec_of(chart.text("templates/web.yaml")) == template


def test_objects_of_a_loop_are_made_by_a_loop(make: Make, no_helm: None) -> None:
    code = """
def app(regions: list[str] = ["eu"], teams: dict[str, int] = {"a": 1}):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    for region in ("all", *regions):
        chart.add(ConfigMap(f"in-{region}", data={"a": region}))
    for team, size in teams.items():
        chart.add(ConfigMap(f"of-{team}", data={"a": str(size)}))
    return app
"""
    chart = make(code)

    assert chart.code == 0, chart.err
    text = chart.text("templates/web.yaml")
    assert "{{- range $item := .Values.regions }}\n---\napiVersion: v1\n" in text
    assert "{{- range $item_key, $item := .Values.teams }}\n---\napiVersion: v1\n" in text
    assert '  a: {{ printf "%d" (int64 $item) | toJson }}\n{{- end }}\n' in text


def test_key_that_changes_more_is_forbidden(make: Make, no_helm: None) -> None:
    """A label may be replaced, but the one of the selector is in other places, too."""
    code = """
def app(labels: dict[str, str] = {}):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Deployment("web", labels={"tier": "front", **labels}, containers=[Container(image="nginx:1.27")]))
    return app
"""
    chart = make(code)

    assert chart.code == 0, chart.err
    assert '{{- if not (hasKey .Values.labels "tier") }}' in chart.text("templates/web.yaml")
    assert json.loads(chart.text("values.schema.json"))["properties"]["labels"] == {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "propertyNames": {"not": {"enum": ["app.kubernetes.io/name"]}},
    }


def test_order_of_a_table_is_lost(make: Make, no_helm: None) -> None:
    chart = make(spec('env: dict[str, str] = {"A": "1"}', '{"x": [{"name": k, "value": v} for k, v in env.items()]}'))

    assert chart.code == 1
    assert "`env` cannot be a value of the chart: spec.x" in chart.err
    assert "a template goes through a table in the order of its keys: go through `sorted(env.items())`" in chart.err


EVERYTHING = """
from dataclasses import dataclass

@dataclass
class Tls:
    host: str
    port: int = 443

def app(
    hosts: list[str] = ["a.example"],
    env: dict[str, str] = {"A": "1"},
    labels: dict[str, str] = {"team": "web"},
    tls: Tls | None = None,
    sites: list[Tls] = [Tls("x")],
    regions: list[str] = ["eu"],
    more: dict[str, str] = {"z": "1"},
    tag: str = "1.0",
) -> App:
    app = App("shop", labels={"version": tag})
    chart = app.add(Chart("web", namespace="web"))
    variables = {key: env[key] for key in sorted(env)}
    container = Container(image=f"web:{tag}", args=["-v", *(f"--host={host}" for host in hosts)], env=variables)
    chart.add(Deployment("web", labels=labels, containers=[container]))
    data = {"a": "{{ 1 }}", "b": tag, **more, "tls": f"{tls.host}:{tls.port}" if tls else "no"}
    chart.add(ConfigMap("settings", data=data))
    for region in regions:
        chart.add(ConfigMap(f"in-{region}", data={"region": region, "tag": tag}))
    spec = {"sites": [{"host": site.host, "port": site.port, "hosts": hosts} for site in sites]}
    chart.add(Raw({"apiVersion": "acme.example/v1", "kind": "Shop", "metadata": {"name": "s"}, "spec": spec}))
    return app
"""


@pytest.mark.slow
def test_helm_goes_through_values_as_kpy_does(make: Make, helm: str) -> None:
    chart = make(EVERYTHING)

    assert chart.code == 0, chart.err
    assert "proved: helm renders what kpy synthesises" in chart.err
    given = {"regions": ["us", "ap"], "tls": {"host": "t"}, "more": {"a": "{{", "z": None}, "sites": [{"host": "h"}]}
    rendered = {f"{tree['kind']}/{tree['metadata']['name']}": tree for tree in chart.rendered(given)}
    assert {"ConfigMap/in-us", "ConfigMap/in-ap"} <= rendered.keys()
    assert rendered["ConfigMap/settings"]["data"] == {"a": "{{", "b": "1.0", "tls": "t:443"}
    assert rendered["Shop/s"]["spec"]["sites"] == [{"host": "h", "port": 443, "hosts": ["a.example"]}]
