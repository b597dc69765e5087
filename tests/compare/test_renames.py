"""A renamed object is one replacement, and a protected one must not be lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    PersistentVolumeClaim,
    UsageError,
)
from kpy.cli.main import run
from kpy.compare import Change, compare


class Database(Construct):
    def build(self) -> None:
        self.add(Deployment(self.name, containers=[Container(image="db:1")]))
        self.add(PersistentVolumeClaim(f"{self.name}-data", storage="1Gi"))
        self.add(ConfigMap(f"my-{self.name}", data={"A": "1"}))


def shop(*parts: Any, **chart: Any) -> App:
    app = App("shop")
    app.add(Chart("main", namespace="shop", **chart)).add(*parts)
    return app


def changes(old: App, new: App) -> dict[str, Change]:
    found = compare(old.synth(), new.synth()).changes
    return {str(change): change for change in found}


def config(name: str, **arguments: Any) -> ConfigMap:
    return ConfigMap(name, data={"A": "1"}, **arguments)


def test_object_with_a_former_name_is_one_replacement() -> None:
    found = changes(shop(config("old"), config("kept")), shop(config("new", aliases=["older", "old"]), config("kept")))

    assert {name: change.effect for name, change in found.items()} == {
        'ConfigMap "shop/new"': "replace",
        'ConfigMap "shop/kept"': "no change",
    }
    change = found['ConfigMap "shop/new"']
    assert change.replaces == 'ConfigMap "shop/old"'
    assert change.reasons == (
        'it takes the place of ConfigMap "shop/old", which is deleted: a cluster cannot rename, and nothing is carried '
        "over",
    )


def test_alias_of_a_construct_counts_for_all_that_has_its_name_and_loss_of_data_is_named() -> None:
    found = changes(shop(Database("store")), shop(Database("shop", aliases=["store"])))

    assert {name: (change.effect, change.replaces) for name, change in found.items()} == {
        'Deployment "shop/shop"': ("replace", 'Deployment "shop/store"'),
        'PersistentVolumeClaim "shop/shop-data"': ("data loss", 'PersistentVolumeClaim "shop/store-data"'),
        'ConfigMap "shop/my-shop"': ("replace", 'ConfigMap "shop/my-store"'),
    }
    assert found['PersistentVolumeClaim "shop/shop-data"'].reasons[1:] == (
        "with the claim goes its volume, unless that volume has the reclaim policy Retain",
    )


def test_alias_may_name_another_namespace() -> None:
    old = App("shop")
    old.add(Chart("main", namespace="other")).add(config("old"))

    found = changes(old, shop(config("new", aliases=["other/old"])))

    assert found['ConfigMap "shop/new"'].replaces == 'ConfigMap "other/old"'


def test_alias_of_what_is_still_there_or_never_was_changes_nothing() -> None:
    found = changes(shop(config("old")), shop(config("old"), config("new", aliases=["old", "never"])))

    assert {name: change.effect for name, change in found.items()} == {
        'ConfigMap "shop/old"': "no change",
        'ConfigMap "shop/new"': "create",
    }


def test_former_names_are_annotated() -> None:
    manifest = shop(config("new", aliases=["old", "other/old"], annotations={"a": "b"})).synth()

    assert manifest.find("ConfigMap").metadata["annotations"] == {"kpy.dev/aliases": "old,other/old", "a": "b"}


def test_protection_is_annotated_and_the_nearest_counts() -> None:
    parts = (
        config("plain"),
        config("free", protect=False),
        Database("db", protect=True),
        Database("toy", protect=False),
    )
    manifest = shop(*parts, protect=True).synth()

    protected = {each.name for each in manifest if "kpy.dev/protect" in each.metadata.get("annotations", {})}
    assert protected == {"plain", "db", "db-data", "my-db"}


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (lambda: config("a", protect=True), lambda: config("b"), 'ConfigMap "shop/a"'),
        (lambda: config("a", protect=True), lambda: config("b", aliases=["a"]), 'ConfigMap "shop/a"'),
        (
            lambda: PersistentVolumeClaim("a", storage="1Gi", storage_class_name="slow", protect=True),
            lambda: PersistentVolumeClaim("a", storage="1Gi", storage_class_name="fast", protect=True),
            'PersistentVolumeClaim "shop/a"',
        ),
    ],
)
def test_protected_object_that_would_be_lost_is_named(old: Any, new: Any, lost: str) -> None:
    comparison = compare(shop(old()).synth(), shop(new()).synth())

    assert comparison.refused == [f"{lost} is protected: declare it without `protect`, apply that, and then let it go"]
    assert f"    {lost} is protected, and would be lost\n" in comparison.to_text()
    assert [change["protected"] for change in comparison.to_dict()["changes"]].count([lost]) == 1  # type: ignore[attr-defined]


def test_way_out_is_to_take_the_protection_away_first() -> None:
    assert compare(shop(config("a", protect=True)).synth(), shop(config("a")).synth()).refused == []
    assert compare(shop(config("a")).synth(), shop(config("b")).synth()).refused == []


def test_namespace_that_goes_takes_what_is_protected_along() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    tree = shop(config("a", protect=True)).synth().to_dicts()

    assert compare([namespace, *tree], tree).refused == [
        'ConfigMap "shop/a" is protected: declare it without `protect`, apply that, and then let it go'
    ]


def test_command_refuses_to_lose_what_is_protected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, app in (("old", shop(config("a", protect=True))), ("new", shop(config("b")))):
        (tmp_path / f"{name}.yaml").write_text(app.synth().to_yaml(), encoding="utf-8")

    code = run(["compare", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")])

    out, err = capsys.readouterr()
    assert code == 1
    assert "+ ConfigMap" in out
    assert err == (
        'error: ConfigMap "shop/a" is protected: declare it without `protect`, apply that, and then let it go\n'
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"aliases": "old"}, "former names must be a list, not 'old': write `[...]`, even around one element"),
        ({"aliases": ["Old name"]}, '\'Old name\' is no former name: expected "name" or "namespace/name"'),
        ({"protect": "yes"}, "expected True or False, not 'yes'"),
    ],
)
def test_wrong_values_are_refused(arguments: Any, text: str) -> None:
    for make in (config, Database):
        with pytest.raises(ArgumentError) as caught:
            make("a", **arguments)
        field = next(iter(arguments))
        assert str(caught.value).endswith(f": `{field}` of {'ConfigMap' if make is config else 'Database'}: {text}")


def test_chart_has_no_former_name() -> None:
    with pytest.raises(UsageError) as caught:
        shop(config("a"), aliases=["old"]).synth()

    assert re.sub(r"[^\s(]*\.py:\d+", "FILE", str(caught.value)) == (
        'FILE: Chart "main" (FILE) has no name in a cluster, so that `aliases` say nothing: give them to its parts'
    )
