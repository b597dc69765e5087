"""A list in a field of a construct that is changed in place, when it has built its parts, is never lost in silence."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from kpy import App, Chart, ConfigMap, Construct, Context, SynthError, field


class Site(Construct):
    """Uses its fields in `build`, some through another method."""

    hosts: list[str] = field(factory=list)
    env: dict[str, list[str]] = field(factory=dict)
    tags: set[str] = field(factory=set)
    owners: list[str] = field(factory=list)

    def build(self) -> None:
        self.config = self.add(ConfigMap(self.name, data={"hosts": ",".join(self.hosts), "env": self.env_text()}))

    def env_text(self) -> str:
        return ",".join(f"{key}={value}" for key, value in self.env.items()) + "".join(sorted(self.tags))


def app_of(*parts: Construct) -> App:
    app = App("shop")
    chart = app.add(Chart("main"))
    for part in parts:
        chart.add(part)
    return app


def messages(app: App) -> list[str]:
    with pytest.raises(SynthError) as error:
        app.synth()
    return [f"{found.rule}: {found.message.replace(str(found.where), 'HERE')}" for found in error.value.report]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda site: site.hosts.append("b"), "hosts"),
        (lambda site: site.hosts.clear(), "hosts"),
        (lambda site: site.hosts.__setitem__(0, "z"), "hosts"),
        (lambda site: site.env.update(B=["1"]), "env"),
        (lambda site: site.env["A"].append("2"), "env"),
        (lambda site: site.tags.add("x"), "tags"),
    ],
)
def test_change_in_place_is_an_error_at_the_line_of_the_construct(change: Callable[[Site], object], name: str) -> None:
    site = Site("site", hosts=["a"], env={"A": ["1"]})
    app = app_of(site)
    change(site)

    assert messages(app) == [
        f'changed-too-late: `{name}` of Site "site" (HERE) was changed in place after its parts were made: '
        "none has the change"
    ]


def test_what_is_as_it_was_is_no_error() -> None:
    site = Site("site", hosts=["a"], env={"A": ["1"]}, tags={"x"})
    app = app_of(site)
    site.hosts.append("b")
    site.hosts.remove("b")

    assert list(app.synth().report) == []


def test_field_that_no_part_is_made_of_may_change() -> None:
    site = Site("site")
    app = app_of(site)
    site.owners.append("checkout")

    assert list(app.synth().report) == []


def test_list_that_somebody_goes_on_to_fill_changes_no_construct() -> None:
    hosts = ["a"]
    one = Site("one", hosts=hosts)
    hosts.append("b")
    two = Site("two", hosts=hosts)
    hosts.append("c")

    manifest = app_of(one, two).synth()

    assert [each.tree["data"]["hosts"] for each in manifest] == ["a", "a,b"]
    assert list(manifest.report) == []


def test_list_that_build_fills_stays_the_one_that_was_given() -> None:
    class Collector(Construct):
        names: list[str] = field(factory=list)

        def build(self) -> None:
            self.names.append(self.name)
            self.add(ConfigMap(self.name, data={"A": "1"}))

    names: list[str] = []
    app = app_of(Collector("one", names=names), Collector("two", names=names))

    assert list(app.synth().report) == []
    assert names == ["one", "two"]


def test_class_that_changes_its_field_itself_knows_what_it_does() -> None:
    class Growing(Construct):
        data: dict[str, str] = field(factory=dict)

        def build(self) -> None:
            self.config = self.add(ConfigMap(self.name, data=self.data))

        def put(self, key: str, value: str) -> None:
            self.data[key] = value

    growing = Growing("site", data={"A": "1"})
    growing.put("B", "2")

    (config,) = app_of(growing).synth()
    assert config.tree["data"] == {"A": "1", "B": "2"}


def test_field_that_only_the_second_hook_uses_may_change_before_it_runs() -> None:
    class Later(Construct):
        hosts: list[str] = field(factory=list)
        env: list[str] = field(factory=list)

        def build(self) -> None:
            self.first = self.add(ConfigMap("first", data={"env": ",".join(self.env)}))

        def build_in_app(self) -> None:
            self.second = self.add(ConfigMap("second", data={"hosts": ",".join(self.hosts)}))

    later = Later("site")
    later.hosts.append("a")
    app = app_of(later)

    assert [each.tree["data"] for each in app.synth()] == [{"env": ""}, {"hosts": "a"}]

    early = Later("site")
    early.env.append("a")
    late = app_of(early)
    early.hosts.append("b")

    assert [text.partition(" of ")[0] for text in messages(late)] == [
        "changed-too-late: `env`",
        "changed-too-late: `hosts`",
    ]


def test_fields_of_a_base_count_as_the_base_uses_them() -> None:
    class Special(Site):
        more: list[str] = field(factory=list)

        def build(self) -> None:
            super().build()
            self.add(ConfigMap("more", data={"more": ",".join(self.more)}))

    special = Special("site", hosts=["a"])
    app = app_of(special)
    special.hosts.append("b")

    assert [text.partition(" of ")[0] for text in messages(app)] == ["changed-too-late: `hosts`"]


def test_change_by_a_transform_names_the_transform() -> None:
    def more(site: Site) -> None:
        site.hosts.append("b")

    app = App("shop", transforms=[more])
    site = app.add(Chart("main")).add(Site("site", hosts=["a"]))

    with pytest.raises(SynthError) as error:
        app.synth()

    (found,) = error.value.report
    assert found.changed_by[0].startswith("more (")
    assert site.hosts == ["a"]


def test_construct_is_pickled_and_has_its_values() -> None:
    site = pickle.loads(pickle.dumps(Site("site", hosts=["a"])))

    assert site.hosts == ["a"]


def test_context_and_constructs_without_build_hold_what_they_are_given() -> None:
    class Env(Context):
        hosts: list[str] = field(factory=list)

    class Plain(Construct):
        hosts: list[str] = field(factory=list)

    hosts = ["a"]

    assert Env(hosts=hosts).hosts is hosts
    assert Plain("a", hosts=hosts).hosts is hosts
