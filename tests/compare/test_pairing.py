"""Objects of two environments that are one under two names."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kpy.compare.pairing import paired
from kpy.manifest import Resource


def config(name: str, namespace: str = "", **data: str) -> Resource:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return Resource({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def trees(resources: list[Resource]) -> list[dict[str, Any]]:
    return [resource.tree for resource in resources]


def test_word_of_the_environment_is_exchanged_in_names_and_namespaces() -> None:
    old = [config("staging-web", "shop-staging"), config("stagingly", "shop-staging")]
    new = [config("prod-web", "shop-prod"), config("stagingly", "shop-prod")]

    found, names = paired(old, new, "staging", "prod")

    assert trees(found) == trees(new)
    assert names == {"shop-staging": "shop-prod", "staging-web": "prod-web"}


def test_only_one_of_a_kind_and_name_is_the_same_in_another_namespace() -> None:
    found, names = paired([config("web", "blue")], [config("web", "green")], "staging", "prod")
    assert (trees(found), names) == (trees([config("web", "green")]), {"blue": "green"})

    old = [config("web", "blue"), config("web", "red")]
    found, names = paired(old, [config("web", "green")], "staging", "prod")
    assert (trees(found), names) == (trees(old), {})


def test_texts_that_mention_names_count_as_equal_where_they_are() -> None:
    old = [config("web", "shop-staging", url="http://api.shop-staging.svc", other="shop-staging-x", kept="staging")]
    new = [config("web", "shop-prod", url="http://api.shop-prod.svc", other="shop-prod-x", kept="prod")]

    found, _ = paired(old, new, "staging", "prod")

    assert found[0].tree["data"] == {"url": "http://api.shop-prod.svc", "other": "shop-staging-x", "kept": "staging"}


def test_objects_named_by_their_content_are_one() -> None:
    old = [config("web-2db99af252", "shop-staging", LEVEL="info"), config("staging-db-g898k8f98k", "shop-staging")]
    new = [config("web-0a1b2c3d4e", "shop-prod", LEVEL="warn"), config("prod-db-8h7886c7h5", "shop-prod")]

    found, names = paired(old, new, "staging", "prod")

    assert [tree["metadata"] for tree in trees(found)] == [tree["metadata"] for tree in trees(new)]
    assert found[0].tree["data"] == {"LEVEL": "info"}
    assert names["web-2db99af252"] == "web-0a1b2c3d4e"


def test_digest_that_two_may_have_tells_nothing() -> None:
    old = [config("web-2db99af252", "a"), config("web-2db99af253", "a")]

    found, names = paired(old, [config("web-0a1b2c3d4e", "b")], "staging", "prod")

    assert (trees(found), names) == (trees(old), {})


def test_what_is_on_one_side_alone_stays_as_it_is() -> None:
    found, names = paired([config("a", "shop-staging")], [config("b", "shop-prod")], "staging", "prod")

    assert (trees(found), names) == (trees([config("a", "shop-staging")]), {})


@given(st.lists(st.sampled_from("abcd"), unique=True, max_size=4), st.lists(st.sampled_from("abcd"), unique=True))
def test_each_object_has_one_partner_at_most_and_none_is_lost(left: list[str], right: list[str]) -> None:
    old = [config(f"{name}-staging", "shop-staging") for name in left]
    new = [config(f"{name}-prod", "shop-prod") for name in right]

    found, _ = paired(old, new, "staging", "prod")

    names = [tree["metadata"]["name"] for tree in trees(found)]
    assert len(names) == len(set(names)) == len(left)
    assert {name for name in names if name.endswith("-prod")} == {f"{name}-prod" for name in left if name in right}
