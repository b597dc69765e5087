"""Which file a resource goes to."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from kpy import App, Chart, ConfigMap, Namespace, Secret
from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.output.layouts import lay_out
from kpy.output.names import portable, why_not_a_file
from kpy.source import Location

CHARTS = {name: SimpleNamespace(name=name) for name in ("shop", "tools", "a", "z")}
CRD = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")


def resource(
    name: str,
    *,
    chart: str = "shop",
    kind: str = "ConfigMap",
    namespace: str | None = "prod",
    api_version: str = "v1",
    **more: object,
) -> Resource:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    tree = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **more}
    return Resource(tree, chart=CHARTS.get(chart) or SimpleNamespace(name=chart), where=Location("shop.py", 7))


def names(resources: list[Resource]) -> str:
    return " ".join(resource.name for resource in resources)


def laid(*resources: Resource, layout: str = "chart") -> dict[str, str]:
    files = lay_out(resources, layout=layout, to_text=names).files
    return {path: content.decode() for path, content in files.items()}


def test_layout_chart_has_a_file_for_each_chart_in_order() -> None:
    assert laid(resource("a"), resource("b", chart="tools"), resource("c")) == {"shop.yaml": "a c", "tools.yaml": "b"}


def test_layout_resource_names_files_by_kind_namespace_and_name() -> None:
    assert laid(resource("a"), resource("r", kind="ClusterRole", namespace=None), layout="resource") == {
        "shop/configmap-prod-a.yaml": "a",
        "shop/clusterrole-r.yaml": "r",
    }


@pytest.mark.parametrize("layout", ["chart", "resource"])
def test_namespaces_and_definitions_sort_before_everything(layout: str) -> None:
    """As `kubectl apply -f` takes the files of a folder: in the order of their names."""
    files = laid(
        resource("needs", chart="a"),
        resource("prod", chart="z", kind="Namespace", namespace=None),
        resource("shops.example.com", chart="tools", kind=CRD[1], api_version=CRD[0], namespace=None),
        resource("more", chart="0"),
        layout=layout,
    )

    first = sorted(files)[:2]
    assert [files[path] for path in first] == ["shops.example.com", "prod"]
    assert all(path.startswith("0-") for path in first)


def test_kind_of_another_group_is_no_namespace() -> None:
    assert laid(resource("a", kind="Namespace", api_version="example.com/v1")) == {"shop.yaml": "a"}


def test_files_with_a_secret_are_private() -> None:
    secret, other = resource("s", kind="Secret"), resource("c", chart="tools")
    held = resource("l", chart="a", kind="List", items=[{"apiVersion": "v1", "kind": "Secret"}])
    custom = resource("x", chart="z", kind="Secret", api_version="example.com/v1")

    assert lay_out([secret, other, held, custom], to_text=names).private == {"shop.yaml", "a.yaml"}


@pytest.mark.parametrize(
    ("resources", "layout", "message"),
    [
        (
            (resource("b-c", namespace="a"), resource("c", namespace="a-b")),
            "resource",
            'ConfigMap "a/b-c" and ConfigMap "a-b/c" would both be written to shop/configmap-a-b-c.yaml '
            "(shop.py:7 and shop.py:7): use the layout `chart`",
        ),
        (
            (resource("a", chart="x"), resource("b", chart="X")),
            "chart",
            "two charts would both be written to X.yaml (shop.py:7 and shop.py:7): give one of them another name",
        ),
        (
            (resource("a", chart="caf\u00e9"), resource("b", chart="cafe\u0301")),
            "chart",
            "two charts would both be written to cafe\u0301.yaml (shop.py:7 and shop.py:7): "
            "give one of them another name",
        ),
        (
            (resource("a", chart="0-shop"), resource("prod", kind="Namespace", namespace=None)),
            "chart",
            "two charts would both be written to 0-shop.yaml (shop.py:7 and shop.py:7): give one of them another name",
        ),
        (
            (resource("a", chart="../x"),),
            "chart",
            "shop.py:7: '../x' cannot be the name of a file (it begins with a dot): "
            "rename it, or write to standard output",
        ),
        ((resource("a"),), "flat", "there is no layout 'flat': choose one of chart, resource"),
    ],
)
def test_what_cannot_be_a_file_is_refused(resources: tuple[Resource, ...], layout: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        lay_out(resources, layout=layout, to_text=names)

    assert str(error.value) == message


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "it is empty"),
        (".git", "it begins with a dot"),
        ("a.", "it ends with a dot or a blank, which Windows drops"),
        ("a ", "it ends with a dot or a blank, which Windows drops"),
        ("a:b", "it has ':' in it, which no name may have on Windows"),
        ("a/b", "it has '/' in it, which no name may have on Windows"),
        ("a\\b", "it has '\\\\' in it, which no name may have on Windows"),
        ("a\nb", "it has '\\n' in it, which cannot be seen"),
        ("a\x1bb", "it has '\\x1b' in it, which cannot be seen"),
        ("a\u200db", "it has '\\u200d' in it, which cannot be seen"),
        ("a\ud800", "it has '\\ud800' in it, which cannot be seen"),
        ("CON", "Windows keeps that name for a device"),
        ("nul.yaml", "Windows keeps that name for a device"),
        ("Lpt1.tar.gz", "Windows keeps that name for a device"),
        ("com\u00b2", "Windows keeps that name for a device"),
        ("git~1", "Git refuses it"),
        ("\u00e4" * 128, "it has more than 255 bytes"),
        *((name, "") for name in ("shop", "0-shop", "con-a", "null", "com", "com10", "a b", "a..b", "caf\u00e9")),
    ],
)
def test_name_is_held_everywhere_or_says_why_not(name: str, why: str) -> None:
    assert why_not_a_file(name) == why


@pytest.mark.parametrize("chart", ["CON", "a:b", "trailing ", "new\nline", "n" * 252, "nul", "com1.x"])
def test_chart_whose_name_no_file_can_have_is_refused(chart: str) -> None:
    for layout in ("chart", "resource"):
        if layout == "resource" and len(chart) > 250:
            continue
        with pytest.raises(UsageError, match="cannot be the name of a file"):
            lay_out([resource("a", chart=chart)], layout=layout, to_text=names)


def test_name_that_a_cluster_allows_and_windows_does_not_is_written_as_in_a_url() -> None:
    role = resource("system:node/*", kind="ClusterRole", namespace=None)

    assert list(laid(role, layout="resource")) == ["shop/clusterrole-system%3Anode%2F%2A.yaml"]
    assert portable("a\ud800b\x07") == "a%ED%A0%80b%07"


def test_object_whose_name_is_too_long_for_a_file_is_refused_in_layout_resource() -> None:
    with pytest.raises(UsageError, match="it has more than 255 bytes"):
        lay_out([resource("n" * 253)], layout="resource", to_text=names)


def test_written_app_is_taken_in_order_and_equals_what_is_printed(tmp_path: Path) -> None:
    app = App("shop")
    app.add(Chart("apps", namespace="prod")).add(ConfigMap("config"))
    base = app.add(Chart("base"))
    base.add(Namespace("prod"))
    base.add(Secret.from_literals("creds", {"a": "hunter22"}))
    manifest = app.synth()

    done = manifest.write(tmp_path)

    assert done.changed == ("0-base.yaml", "apps.yaml", "base.yaml")
    written = "---\n".join((tmp_path / path).read_text() for path in done.changed)
    assert sorted(written.split("---\n")) == sorted(manifest.to_yaml().split("---\n"))
    assert list(json.loads((tmp_path / ".kpy-files").read_text())["outputs"]) == ["shop"]
