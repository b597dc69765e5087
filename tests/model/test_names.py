"""The two spellings of fields, and the table of fields that name objects."""

import re
from importlib import import_module

import pytest

from kpy.model.names import api_name, python_name
from kpy.model.plain import plan_of
from kpy.model.registry import kind_class, model_class, modules
from kpy.schema.references import DEFAULT_KINDS, REFERENCES, names_object, naming
from tools.codegen.union import union


@pytest.mark.parametrize(
    ("api", "python"),
    [
        ("imagePullPolicy", "image_pull_policy"),
        ("clusterIPs", "cluster_ips"),
        ("hostIPC", "host_ipc"),
        ("targetWWNs", "target_wwns"),
        ("nonResourceURLs", "non_resource_urls"),
        ("setHostnameAsFQDN", "set_hostname_as_fqdn"),
        ("seLinuxOptions", "se_linux_options"),
        ("insecureSkipTLSVerify", "insecure_skip_tls_verify"),
        ("openAPIV3Schema", "open_api_v3_schema"),
        ("stubPKCS10Request", "stub_pkcs10_request"),
        ("fieldsV1", "fields_v1"),
        ("ipv4", "ipv4"),
        ("from", "from_"),
        ("continue", "continue_"),
        ("$ref", "ref"),
        ("x-kubernetes-list-map-keys", "x_kubernetes_list_map_keys"),
        ("Port", "port"),
    ],
)
def test_api_field_has_a_python_name(api: str, python: str) -> None:
    assert python_name(api) == python


def test_python_name_leads_back_by_the_rule() -> None:
    assert api_name("image_pull_policy") == "imagePullPolicy"
    assert api_name("from_") == "from"


def test_every_field_has_its_own_name_and_leads_back() -> None:
    for name, each in union().items():
        plan = plan_of(model_class(name))

        assert {*plan.head, *(key for _, key in plan.pairs)} == set(each.fields)
        assert len({attribute for attribute, _ in plan.pairs}) == len(plan.pairs)


def test_every_kind_has_a_class() -> None:
    kinds = [each.kind for each in union().values() if each.kind]

    assert all(kind_class(kind.api_version, kind.kind) is model_class(kind.type) for kind in kinds)


def test_every_module_is_listed() -> None:
    assert set(modules()) == {f"kpy.api.{each.module}" for each in union().values()}
    assert all(import_module(name) for name in modules())


def test_every_reference_is_of_a_field_that_exists() -> None:
    for pattern, fields in REFERENCES.items():
        matcher = re.compile(re.escape(pattern).replace(r"\*", "[^ ]+"))
        types = [each for name, each in union().items() if matcher.fullmatch(name)]

        assert types, pattern
        for field in fields:
            assert any(field in each.fields for each in types), f"{pattern} {field}"


def test_every_sibling_that_a_reference_needs_exists() -> None:
    for name, each in union().items():
        for field in each.fields:
            said = naming(name, field)
            siblings = (said.kind_field, said.group_field, said.namespace_field, said.key_field) if said else ()

            assert all(not sibling or sibling in each.fields for sibling in siblings), f"{name} {field}"


def test_every_kind_that_a_reference_names_exists() -> None:
    kinds = {(each.kind.group, each.kind.kind) for each in union().values() if each.kind}

    named = {(said.group, said.kind) for fields in REFERENCES.values() for said in fields.values() if said.kind}

    assert named <= kinds
    assert {("", kind) for kind in DEFAULT_KINDS.values()} <= kinds


def test_optional_sibling_is_where_the_table_says() -> None:
    for name, each in union().items():
        for field in each.fields:
            said = naming(name, field)

            if said is not None:
                assert said.can_be_optional == ("optional" in each.fields), f"{name} {field}"


def test_row_with_a_star_stands_for_all_versions() -> None:
    assert naming("autoscaling/v1 CrossVersionObjectReference", "name") is not None
    assert naming("autoscaling/v2 CrossVersionObjectReference", "name") is not None
    assert not names_object("autoscaling/v2 CrossVersionObjectReference", "kind")
    assert not names_object("core/v1 Container", "name")
