"""Values for charts: keys that can have no effect are found, and no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kpy.inputs.chart_files import ChartFiles
from kpy.inputs.chart_schemas import Schema
from kpy.inputs.chart_values import coalesced, laid_over, unknown_keys

VALUES = """\
replicaCount: 1
image: {repository: nginx, tag: "1.29"}
# extraArgs: []
resources: {limits: {cpu: 100m}}
nodeSelector: {kubernetes.io/os: linux}
podAnnotations: {}
securityContext: {enabled: true, runAsUser: 1}
ingress:
  enabled: false
  host: x.io
"""
TEMPLATE = """\
{{- /* .Values.nothing is a comment */}}
replicas: {{ .Values.replicaCount }}
image: {{ .Values.image.repository }}:{{ .Values.image.tag | default "1" }}
resources: {{- toYaml .Values.resources | nindent 2 }}
{{- with .Values.nodeSelector }}{{ toYaml . }}{{ end }}
annotations: {{ toYaml .Values.podAnnotations }}
{{- if .Values.securityContext.enabled }}{{ omit .Values.securityContext "enabled" | toYaml }}{{ end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.off) }}host: {{ (.Values.ingress).host }}{{ end }}
{{- if .Values.ingress }}{{ end }}
{{ index .Values "odd-key" }} {{ dig "deep" "key" "" .Values.image }}
"""


def chart(values: str = VALUES, template: str = TEMPLATE, **files: str) -> ChartFiles:
    named = {"Chart.yaml": "name: web\nversion: 1.0.0\n", "values.yaml": values, "templates/a.yaml": template}
    return ChartFiles("web", {name: text.encode() for name, text in (named | files).items()})


def unknown(values: dict[str, Any], where: ChartFiles | None = None) -> list[str]:
    return [str(found) for found in unknown_keys(where or chart(), values)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"replicaCuont": 3}, "`replicaCuont` (did you mean `replicaCount`?)"),
        ({"replicas": 3}, "`replicas` (did you mean `replicaCount`?)"),
        ({"image": {"tga": "1"}}, "`image.tga` (did you mean `tag`?)"),
        ({"image": {"deep": {"kye": "1"}}}, "`image.deep.kye` (did you mean `key`?)"),
        ({"ingress": {"hosts": []}}, "`ingress.hosts` (did you mean `host`?)"),
        ({"nothing": 1}, "`nothing` (there is `image`, `ingress`, `nodeSelector`, `odd-key`, `podAnnotations`, "
                         "`replicaCount`, `resources`, `securityContext`)"),
    ],
)  # fmt: skip
def test_key_that_nothing_reads_is_unknown(values: dict[str, Any], expected: str) -> None:
    assert unknown(values) == [expected]


@pytest.mark.parametrize(
    "values",
    [
        {"replicaCount": 2, "image": {"tag": "2", "repository": "x"}},
        {"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}},
        {"nodeSelector": {"disk": "ssd"}},
        {"podAnnotations": {"prometheus.io/scrape": "true", "prometheus.io/scheme": "https"}},
        {"securityContext": {"runAsNonRoot": True}},
        {"extraArgs": ["--v"]},
        {"ingress": {"off": True}},
        {"odd-key": 1, "image": {"deep": {"key": 1}}},
        {"global": {"anything": 1}, "tags": {"front": True}},
    ],
)
def test_key_that_something_may_read_is_known(values: dict[str, Any]) -> None:
    assert unknown(values) == []


def test_values_that_are_handed_on_whole_take_any_key() -> None:
    for template in (
        '{{ include "x" (dict "values" .Values) }}',
        "{{ toYaml .Values }}",
        "{{ $v := .Values }}{{ range $v }}{{ end }}",
    ):
        assert unknown({"what": 1}, chart(template=TEMPLATE + template)) == []


def test_values_under_another_name_are_followed() -> None:
    template = (
        '{{ include "pod" (dict "Values" .Values "part" .Values.image "context" $) }}'
        '{{ define "pod" }}{{ .part.deep.key }}{{ toYaml .part.free }}{{ $v := .context.Values }}{{ $v.late }}{{ end }}'
    )
    where = chart(template=TEMPLATE + template)

    assert unknown({"image": {"tga": 1}}, where) == ["`image.tga` (did you mean `tag`?)"]
    assert unknown({"image": {"deep": {"kye": 1}}}, where) == ["`image.deep.kye` (did you mean `key`?)"]
    assert unknown({"image": {"free": {"any": 1}}}, where) == []
    assert unknown({"replicaCuont": 1}, where) == ["`replicaCuont` (did you mean `replicaCount`?)"]


def test_keys_that_are_put_together_are_known() -> None:
    template = '{{ $v := .context.Values }}{{ $v = index $v (splitList "." "auth.password") }}'

    assert unknown({"auth": {"password": 1}}, chart(template=TEMPLATE + template)) == []
    assert unknown({"atuh": 1}, chart(template=TEMPLATE + template)) != []


def test_many_templates_are_read_in_time_that_grows_with_them() -> None:
    condition = "{{ if and " + " ".join(".Values.a.b.c.d.e.f.g" for _ in range(2000)) + " (include) }}"

    assert unknown({"c": 1}, chart("", condition)) == ["`c` (there is `a`)"]


def test_charts_in_a_chart_have_values_of_their_own() -> None:
    files = {
        "Chart.yaml": "name: web\nversion: 1.0.0\ndependencies: [{name: db, alias: store, condition: store.enabled}]\n",
        "charts/db/Chart.yaml": "name: db\nversion: 1.0.0\n",
        "charts/db/values.yaml": "port: 5432\n",
        "charts/db/templates/a.yaml": "{{ .Values.port }} {{ .Values.name }}",
        "values.yaml": "store: {enabled: true, old: {unread: 1}}\n",
    }
    with_inner = chart(**files)

    assert unknown({"store": {"enabled": False, "port": 1, "name": "x", "old": {"unread": 1}}}, with_inner) == []
    assert unknown({"store": {"prot": 1}}, with_inner) == ["`store.prot` (did you mean `port`?)"]


SCHEMA = {
    "type": "object",
    "properties": {
        "port": {"type": "integer", "maximum": 65535},
        "level": {"enum": ["debug", "info"]},
        "image": {"$ref": "#/$defs/image"},
        "labels": {
            "type": "object",
            "patternProperties": {"^[a-z]+$": {"type": "string"}},
            "additionalProperties": False,
        },
        "name": {"type": "string", "pattern": "^(a+)+$", "minLength": 2},
    },
    "required": ["port"],
    "$defs": {
        "image": {"type": "object", "properties": {"tag": {"type": "string"}}, "additionalProperties": False},
    },
}


def test_schema_says_which_keys_there_are() -> None:
    with_schema = chart("", "{{ toYaml .Values.image }}", **{"values.schema.json": json.dumps(SCHEMA)})

    assert unknown({"prot": 80}, with_schema) == ["`prot` (did you mean `port`?)"]
    assert unknown({"image": {"tga": 80}}, with_schema) == ["`image.tga` (did you mean `tag`?)"]
    assert unknown({"labels": {"any": "x"}}, with_schema) == []


def test_open_schema_takes_any_key() -> None:
    schema = {"type": "object", "properties": {"port": {}}, "additionalProperties": True}

    assert unknown({"prot": 80}, chart("", "", **{"values.schema.json": json.dumps(schema)})) == []


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"port": 80, "level": "info", "image": {"tag": "1"}, "labels": {"a": "b"}, "name": "aa"}, []),
        ({"port": "hunter2"}, ["`port`: expected integer, not string"]),
        ({"port": 70000}, ["`port`: expected at most 65535"]),
        ({}, ["`values`: it lacks `port`"]),
        ({"port": 1, "level": "hunter2"}, ['`level`: expected one of "debug", "info"']),
        ({"port": 1, "image": {"tga": "hunter2"}}, ["`image`: the schema does not know `tga`"]),
        ({"port": 1, "name": "a" * 40 + "b"}, ['`name`: expected a text that matches "^(a+)+$"']),
        ({"port": 1, "name": "a"}, ["`name`: expected a text of at least 2 characters"]),
        ({"port": 1, "labels": {"a": 1}}, ["`labels.a`: expected string, not integer"]),
        ({"port": None, "image": []}, ["`image`: expected object, not array", "`port`: expected integer, not null"]),
    ],
)
def test_values_are_held_to_the_schema(values: dict[str, Any], faults: list[str]) -> None:
    assert Schema(SCHEMA).faults(values) == faults


def test_schema_of_elsewhere_is_not_fetched() -> None:
    schema = Schema({"properties": {"a": {"$ref": "https://x.invalid/s.json"}, "b": {"type": "string"}}})

    assert not schema.is_whole
    assert schema.faults({"a": 1, "b": 2}) == ["`b`: expected string, not integer"]


@pytest.mark.parametrize("schema", [{"type": "text"}, {"properties": []}, {"$ref": "#/nowhere"}, {"$ref": "#"}])
def test_broken_schema_says_nothing(schema: dict[str, Any]) -> None:
    assert Schema(schema).faults({"a": 1}) == []


def test_values_are_laid_over_each_other_as_helm_does() -> None:
    assert laid_over({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2], "e": None}, "d": None}) == {
        "a": {"b": 1, "c": [2], "e": None},
        "d": None,
    }
    assert coalesced(chart("a: {b: 1}\nc: 2\n"), {"a": {"b": None, "d": 1}, "c": 3}) == {"a": {"d": 1}, "c": 3}
