"""Objects of another team's app: used like one's own, looked at, and never written."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kpy import (
    App,
    Chart,
    ConfigMap,
    Construct,
    Deployment,
    Ingress,
    OtherApp,
    Secret,
    Service,
    ServiceAccount,
)
from kpy.loading import load_app
from tests.loading.billing import chart_in, errors, titles, web
from tests.loading.conftest import Write


def test_objects_of_another_app_are_named_and_not_written(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    service = shop.find(Service, "api")
    settings = shop.find(ConfigMap, "settings")
    chart.add(
        web(
            env={
                "HOST": service.fqdn,
                "LIVES": settings["LIVES"],
                "PASSWORD": shop.find(Secret)["password"],
            },
            mounts={"/etc/shop": settings},
        )
    )
    chart.add(Ingress("edge", host="shop.io", routes={"/": service["http"]}))

    manifest = app.synth()

    assert titles(manifest) == ["Deployment/web", "Ingress/edge"]
    pod = manifest.find("Deployment", "web").tree["spec"]["template"]["spec"]
    assert pod["containers"][0]["env"][0] == {"name": "HOST", "value": "api.shop-prod.svc"}
    assert pod["volumes"] == [{"name": "settings", "configMap": {"name": "settings"}}]
    assert list(manifest.report) == []


def test_port_that_the_service_of_another_app_lacks_is_an_error(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(Ingress("edge", host="shop.io", routes={"/": shop.find(Service)["https"]}))

    (found,) = errors(app)

    assert found.message == (
        'Ingress "shop-prod/edge" routes "shop.io/" to port "https" of Service "api", which has only http, admin'
    )
    assert found.see_also[0].where is not None
    assert found.see_also[0].where.file.endswith("shop.py")


@pytest.mark.parametrize("kind", [ConfigMap, Secret])
def test_key_that_an_object_of_another_app_lacks_is_an_error(
    shop: OtherApp, kind: type[ConfigMap] | type[Secret]
) -> None:
    app, chart = chart_in("shop-prod")
    holder = shop.find(kind, "login" if kind is Secret else "settings")
    chart.add(web(env={"A": holder["no-such-key"]}))  # type: ignore[index]  # a union of types

    (found,) = errors(app)

    assert found.rule in ("config-map-key-missing", "secret-key-missing")
    assert "hunter2" not in str(found)


def test_object_of_another_app_in_another_namespace_is_not_seen(shop: OtherApp) -> None:
    app, chart = chart_in("billing")
    chart.add(web(env={"LIVES": shop.find(ConfigMap, "settings")["LIVES"]}))

    (found,) = errors(app)

    assert found.message == 'ConfigMap "settings" is in namespace "shop-prod"; "billing" does not see it'


def test_name_with_a_digest_is_the_one_that_the_other_app_writes(shop: OtherApp, write: Write) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(web(env_from=[shop.find(ConfigMap, "hashed")]))

    (source,) = app.synth().find("Deployment").tree["spec"]["template"]["spec"]["containers"][0]["envFrom"]

    written = App("shop")
    hashed = written.add(Chart("shop", namespace="shop-prod")).add(
        ConfigMap("hashed", data={"A": "prod"}, content_hash=True)
    )
    assert hashed.name == "hashed"
    assert source["configMapRef"]["name"] == written.synth().find("ConfigMap").name


def test_pods_of_another_app_are_selected_in_their_namespace(shop: OtherApp) -> None:
    from kpy import ClusterRole, NetworkPolicy, RoleBinding

    app, chart = chart_in("billing")
    mine = chart.add(web(ports={"http": 80}))
    chart.add(NetworkPolicy("from-shop", target=mine).allow_from(shop.find(Deployment)))
    chart.add(RoleBinding("see", role=ClusterRole.existing("view"), subjects=[shop.find(ServiceAccount)]))

    manifest = app.synth()

    (peer,) = manifest.find("NetworkPolicy").tree["spec"]["ingress"][0]["from"]
    assert peer["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "shop-prod"}}
    assert peer["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}
    assert manifest.find("RoleBinding").tree["subjects"][0]["namespace"] == "shop-prod"


def test_what_is_wrong_in_the_other_app_is_its_own_business(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(Ingress("edge", host="shop.io", routes={"/": shop.find(Service)["http"]}))

    assert list(app.synth().report) == []


def test_object_that_both_apps_write_is_told(shop: OtherApp) -> None:
    app, chart = chart_in("shop-prod")
    chart.add(ConfigMap("settings", data={"LIVES": "9"}))
    chart.add(web(env={"LIVES": shop.find(ConfigMap, "settings")["LIVES"]}))

    (found, *_) = errors(app)

    assert found.rule == "duplicate-object"
    assert found.where is not None
    assert found.where.file == __file__


def test_other_app_is_made_once_a_process(shop: OtherApp, tmp_path: Path) -> None:
    again = OtherApp("shop", from_=str(tmp_path / "shop.py"), env="prod")
    another = OtherApp("shop", from_=str(tmp_path / "shop.py"), env="dev")

    assert again.find(Service) is shop.find(Service)
    assert another.find(Service) is not shop.find(Service)
    assert another.find(Service).fqdn == "api.shop-dev.svc"


def test_files_of_one_name_in_two_folders_are_two_apps(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for folder in ("one", "two"):
        text = f"from kpy import *\napp = App('same')\napp.add(Chart('c')).add(ConfigMap('{folder}'))"
        os.utime(write(f"{folder}/same.py", text), ns=(1, 1))
        monkeypatch.chdir(tmp_path / folder)
        found.append(OtherApp("same", from_=str(tmp_path / folder / "same.py")).find(ConfigMap).name)

    assert found == ["one", "two"]


def test_text_becomes_what_the_parameter_of_the_other_app_takes(shop: OtherApp, tmp_path: Path) -> None:
    from enum import StrEnum

    class Ours(StrEnum):
        PROD = "prod"

    ours = OtherApp("shop", from_=str(tmp_path / "shop.py"), env=Ours.PROD)

    assert ours.find(Service).fqdn == "api.shop-prod.svc"


def test_file_is_looked_for_beside_the_file_that_names_it(write: Write, tmp_path: Path) -> None:
    path = write(
        "teams/billing/app.py",
        "from kpy import *\n"
        'shop = OtherApp("shop", from_="../../shop.py:app")\n'
        'app = App("billing")\n'
        'chart = app.add(Chart("c", namespace="shop-dev"))\n'
        'chart.add(Ingress("e", host="a.io", routes={"/": shop.find(Service)["http"]}))',
    )

    assert titles(load_app(path).synth()) == ["Ingress/e"]


def test_module_is_imported(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("other_app_of_test/__init__.py", "")
    write(
        "other_app_of_test/main.py", "from kpy import *\nshop = App('shop')\nshop.add(Chart('c')).add(ConfigMap('a'))"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    found = OtherApp("shop", from_="other_app_of_test.main:shop").find(ConfigMap)

    import other_app_of_test.main  # type: ignore[import-not-found]  # written just now

    assert found is other_app_of_test.main.shop.find(ConfigMap)


def test_app_at_the_top_of_a_file_is_found_by_its_construct(write: Write, tmp_path: Path) -> None:
    write(
        "cache.py",
        "from kpy import *\n"
        "app = App('cache')\n"
        "app.add(Chart('c', namespace='cache')).add(Deployment('redis', containers=[Container(image='redis:7')]))",
    )

    assert OtherApp("cache", from_=str(tmp_path / "cache.py")).find(Deployment, "redis").name == "redis"


def test_modules_beside_both_apps_do_not_meet(write: Write) -> None:
    write("shop/parts.py", "NAME = 'of-shop'")
    write(
        "shop/app.py",
        "import parts\nfrom kpy import *\napp = App('shop')\napp.add(Chart(parts.NAME)).add(ConfigMap('a'))",
    )
    write("billing/parts.py", "NAME = 'of-billing'")
    path = write(
        "billing/app.py",
        "from kpy import *\n"
        "import parts\n"
        "def app() -> App:\n"
        "    before = parts\n"
        "    OtherApp('shop', from_='../shop/app.py').find(ConfigMap)\n"
        "    import parts as after\n"
        "    assert before is after\n"
        "    return App(after.NAME)",
    )
    folders = list(sys.path)

    assert load_app(path).name == "of-billing"
    assert sys.path == folders


def test_parts_that_the_other_app_never_added_are_not_told_here(write: Write) -> None:
    write(
        "loose.py",
        "from kpy import *\napp = App('loose')\nChart('lost')\napp.add(Chart('c')).add(ConfigMap('a', data={}))",
    )
    path = write(
        "billing.py",
        "from kpy import *\n"
        "app = App('billing')\n"
        "settings = OtherApp('loose', from_='loose.py').find(ConfigMap)\n"
        "app.add(Chart('c')).add(ConfigMap('mine', data={'A': '1'}))\n"
        "ConfigMap('forgotten')",
    )

    report = load_app(path).synth().report

    assert [found.message.partition(" (")[0] for found in report] == ['ConfigMap "forgotten"']


def test_transforms_of_the_other_app_count_and_those_of_this_one_do_not_reach_it(write: Write, tmp_path: Path) -> None:
    write(
        "renamed.py",
        "from kpy import *\n"
        "def more(config: ConfigMap) -> None:\n"
        "    config.data = {'B': '1'}\n"
        "app = App('renamed', transforms=[more])\n"
        "app.add(Chart('c')).add(ConfigMap('a', data={'A': '1'}))",
    )

    def less(config: ConfigMap) -> None:
        config.data = {}

    app = App("billing", transforms=[less])
    config = OtherApp("renamed", from_=str(tmp_path / "renamed.py")).find(ConfigMap)
    app.add(Chart("c")).add(web(env={"B": config.value("B")}))

    assert list(app.synth().report) == []
    assert app.synth().to_yaml() == app.synth().to_yaml()


def test_construct_of_the_other_app_gives_its_parts(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        "library_of_test.py",
        "from kpy import *\n"
        "class Web(Construct):\n"
        "    def build(self) -> None:\n"
        "        self.add(Service(self.name, selector={'a': 'b'}, ports=[80]))",
    )
    write(
        "uses.py",
        "from kpy import *\n"
        "from library_of_test import Web\n"
        "app = App('uses')\n"
        "app.add(Chart('c', namespace='n')).add(Web('api'))",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import library_of_test  # type: ignore[import-not-found]  # written just now

    web: type[Construct] = library_of_test.Web
    found = OtherApp("uses", from_=str(tmp_path / "uses.py")).find(web, "api")
    app, chart = chart_in("n")
    chart.add(Ingress("edge", host="shop.io", routes={"/": found.find(Service)}))

    assert titles(app.synth()) == ["Ingress/edge"]


def test_reference_in_a_custom_resource_has_the_namespace_of_the_other_app(shop: OtherApp) -> None:
    from tests.constructs.test_custom import Lamp

    app, chart = chart_in("billing")
    chart.add(Lamp("desk", socket_ref=shop.find(Service).ref(), secret_name=shop.find(Secret)))

    spec = app.synth().find("Lamp").tree["spec"]

    assert spec["socketRef"] == {"group": "", "kind": "Service", "name": "api", "namespace": "shop-prod"}
