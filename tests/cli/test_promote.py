"""`kpy promote`: what one environment says becomes what another says, in its file of values, and nothing else."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{env}/{app}"

[tool.kpy.environments.staging]
values = "values/{env}/{app}.yaml"
set = { debug = true }

[tool.kpy.environments.prod]
values = "values/{env}/{app}.yaml"
set = { replicas = 6 }
"""
APP = """\
from dataclasses import dataclass

from kpy import App, Chart, ConfigMap, Secret


@dataclass
class Database:
    password: str = "none"
    size: str = "1Gi"


def app(
    env: str,
    image: str = "",
    database: Database = Database(),
    replicas: int = 1,
    debug: bool = False,
    hosts: list[str] = [],
) -> App:
    app = App("shop")
    chart = app.add(Chart("web", namespace=f"shop-{env}"))
    chart.add(Secret.from_literals("db", {"password": database.password}))
    chart.add(
        ConfigMap.from_literals(
            "web",
            {"image": image, "size": database.size, "n": str(replicas), "debug": str(debug), "hosts": ",".join(hosts)},
        )
    )
    return app
"""
STAGING = """\
image: nginx:1.28 # newest
replicas: 2
debug: false
hosts: [a.example.com]
database:
  size: 10Gi
  password: { env: DB_PASSWORD }
"""
PROD = """\
# of production
image: "nginx:1.27" # tried well

database:
    size: 100Gi   # large
    password: production-password
hosts:
  - shop.example.com
"""
STAYS = """\
not promoted:
  replicas: pyproject.toml:11:9 says it for prod, and wins over the file
  debug: staging has it from pyproject.toml:7:9: --only debug promotes that
  database.password: it is secret: --only database.password promotes it
"""
FILE = Path("values/prod/shop.yaml")
WAY = ("promote", "shop", "--from", "staging", "--to", "prod")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project with an app and two environments."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_PASSWORD", "password-of-staging")
    write("pyproject.toml", SETTINGS)
    write("apps/shop.py", APP)
    write("values/staging/shop.yaml", STAGING)
    write(str(FILE), PROD)


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def test_one_key_is_promoted_and_all_else_stays(kpy: Run) -> None:
    code, out, err = kpy(*WAY, "--only", "image")

    assert code == 0
    assert out == (
        "shop prod\n"
        '    ~ ConfigMap "shop-prod/web": update in place   (apps/shop.py:24)\n'
        '        data[image]: "nginx:1.27" -> "nginx:1.28"\n'
        "    1 update in place, 1 no change\n"
        "1 output, 1 with update in place\n"
    )
    assert err == 'values/prod/shop.yaml: 1 key changed\n  image: "nginx:1.27" -> "nginx:1.28"\n'
    assert FILE.read_text() == PROD.replace("nginx:1.27", "nginx:1.28")


def test_all_keys_of_the_file_are_promoted_and_the_rest_is_told(kpy: Run) -> None:
    edit(str(FILE), "hosts", "# more\nextra: 1\nhosts")
    edit("apps/shop.py", "    hosts: list[str] = [],", "    hosts: list[str] = [],\n    extra: int = 0,")

    code, _, err = kpy(*WAY)

    assert code == 0
    assert err == (
        "values/prod/shop.yaml: 3 keys changed\n"
        '  image: "nginx:1.27" -> "nginx:1.28"\n'
        '  hosts: ["shop.example.com"] -> ["a.example.com"]\n'
        '  database.size: "100Gi" -> "10Gi"\n'
        f"{STAYS}only in prod, where it stays: extra\n"
    )
    expected = PROD.replace("nginx:1.27", "nginx:1.28").replace("100Gi", "10Gi").replace("shop.ex", "a.ex")
    assert FILE.read_text() == expected.replace("hosts", "# more\nextra: 1\nhosts")
    code, out, err = kpy(*WAY)
    assert (code, out) == (0, "")
    assert err.startswith("values/prod/shop.yaml: nothing to promote: what staging says is there already\n")


def test_check_changes_nothing_and_says_whether_there_is_something(kpy: Run) -> None:
    code, out, err = kpy(*WAY, "--only", "image", "--check", "--format", "json")

    assert code == 1
    assert json.loads(out)["outputs"][0]["output"] == "shop prod"
    assert err.startswith("values/prod/shop.yaml: 1 key would be changed\n")
    assert FILE.read_text() == PROD
    edit(str(FILE), "1.27", "1.28")
    assert kpy(*WAY, "--only", "image", "--check")[0] == 0


def test_keys_that_are_not_there_are_added(kpy: Run) -> None:
    write(str(FILE), "# nothing yet\n")

    code, out, err = kpy(*WAY, "--format", "markdown")

    assert code == 0
    assert out.startswith("**kpy compare**: 1 output, 1 with update in place\n")
    assert '  image: "nginx:1.28" (new)\n' in err
    assert FILE.read_text() == (
        '# nothing yet\nimage: "nginx:1.28"\nhosts:\n- a.example.com\ndatabase:\n  size: 10Gi\n'
    ).replace('"nginx:1.28"', "nginx:1.28")


def test_what_is_set_is_promoted_where_it_is_named(kpy: Run) -> None:
    assert kpy(*WAY, "--only", "debug,image")[0] == 0
    assert FILE.read_text() == PROD.replace("1.27", "1.28") + "debug: true\n"


def test_secrets_are_promoted_where_they_are_named_and_never_shown(kpy: Run) -> None:
    code, out, err = kpy(*WAY, "--only", "database")
    assert (code, "database.password: it is secret" in err) == (0, True)

    code, out, err = kpy(*WAY, "--only", "database.password")
    assert code == 0
    assert "password: {env: DB_PASSWORD}\n" in FILE.read_text().replace(
        "\n      env: DB_PASSWORD", " {env: DB_PASSWORD}"
    )
    assert "  database.password: (hidden) -> (hidden)\n" in err
    for secret in ("production-password", "password-of-staging"):
        assert secret not in out + err


def test_file_of_a_reference_is_not_taken_to_another_folder(kpy: Run) -> None:
    edit("values/staging/shop.yaml", "nginx:1.28", "{ file: image.txt }")
    write("values/staging/image.txt", "nginx:1.28")

    code, _, err = kpy(*WAY, "--only", "image")

    assert code == 2
    assert err == (
        "error: --only image: its file is found from the folder of the file of values, and that is another one\n"
    )


def test_toml_and_yaml_meet(kpy: Run) -> None:
    edit("pyproject.toml", 'values = "values/{env}/{app}.yaml"\nset = { r', 'values = "values/prod.toml"\nset = { r')
    write("values/prod.toml", '# of production\r\nimage = "nginx:1.27"\r\n\r\n[database]\r\nsize = "1Gi"\r\n')

    assert kpy(*WAY)[0] == 0
    assert Path("values/prod.toml").read_bytes().decode() == (
        '# of production\r\nimage = "nginx:1.28"\r\nhosts = ["a.example.com"]\r\n\r\n[database]\r\nsize = "10Gi"\r\n'
    )


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ("promote", "shop", "--from", "staging"),
            "kpy promote takes two environments: kpy promote apps/shop.py --from",
        ),
        (("promote", "--to", "prod"), "no app is given: name one of this project, shop"),
        (("promote", "shop", "--from", "prod", "--to", "prod"), "--from and --to are both prod: name two environments"),
        (
            ("promote", "shop", "--from", "stagin", "--to", "prod"),
            '--from stagin: there is no environment "stagin"; did',
        ),
        (
            ("promote", "shop", "--from", "staging", "--to", "prd"),
            '--to prd: there is no environment "prd"; did you mean',
        ),
        ((*WAY, "--cluster", "eu"), '--cluster eu: there is no cluster "eu"'),
        (("promote", "shp", *WAY[2:]), "there is no app shp; did you mean `shop`?"),
        (("promote", *WAY[2:]), "no app is given: name one of this project, shop"),
        (
            (*WAY, "--only", "imge"),
            "says nothing for `imge`, and what the code says by itself is the same everywhere; did",
        ),
        ((*WAY, "--only", "hosts.0"), "--only hosts.0: `hosts` is one value, which is promoted whole: --only hosts"),
        ((*WAY, "--only", "replicas"), "--only replicas: pyproject.toml:11:9 says it for prod, and wins over the file"),
    ],
)
def test_wrong_calls_are_refused(kpy: Run, words: tuple[str, ...], error: str) -> None:
    code, out, err = kpy(*words)

    assert (code, out) == (2, "")
    assert error in err
    assert FILE.read_text() == PROD


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "error"),
    [
        (
            "pyproject.toml",
            '{app}.yaml"\nset = { r',
            '{ap}.yaml"\nset = { r',
            2,
            "`values` has {ap}, which means nothing",
        ),
        (
            "pyproject.toml",
            'values = "values/{env}/{app}.yaml"\nset = { r',
            "set = { r",
            2,
            "prod names no file of values",
        ),
        (
            "pyproject.toml",
            'values = "values/{env}/{app}.yaml"\nset = { d',
            "set = { d",
            2,
            "staging names no file of val",
        ),
        (
            "pyproject.toml",
            'app}.yaml"\nset = { r',
            'app}.yml"\nset = { r',
            2,
            "values/prod/shop.yml: there is no such file",
        ),
        ("pyproject.toml", "values/{env}/{app}", "values/prod/{app}", 2, "staging and prod both read this file"),
        (
            "pyproject.toml",
            'values/{env}/{app}.yaml"\nset = { r',
            '../out.yaml"\nset = { r',
            2,
            "not in the folder of the",
        ),
        (str(FILE), "image:", "image: [", 2, "values/prod/shop.yaml:"),
        (str(FILE), "image: ", "image: &image ", 2, "`image` cannot be changed: other values follow it by *image"),
        ("values/staging/shop.yaml", "[a.example.com]", "many", 2, "expected a list, not the text"),
        ("values/staging/shop.yaml", "image:", "imag:", 2, "app() has no parameter `imag`"),
        ("values/staging/shop.yaml", "10Gi", "{ x: 1 }", 2, "`size` is a single value there, and no table"),
        ("apps/shop.py", '"web",\n', '"We b" if "28" in image else "web",\n', 1, "error[name-format]"),
        (
            "apps/shop.py",
            "    return app",
            '    if "28" in image:\n        raise ValueError(image)\n    return app',
            1,
            "raised",
        ),
    ],
)
def test_file_stays_where_something_is_wrong(kpy: Run, path: str, old: str, new: str, code: int, error: str) -> None:
    if new.startswith("image: &"):
        edit(path, "100Gi", "*image")
    edit(path, old, new)
    write("../out.yaml", "image: a\n")
    before = FILE.read_text()

    found, out, err = kpy(*WAY)

    assert (found, out) == (code, "")
    assert error in err
    assert FILE.read_text() == before


def test_error_says_where_it_would_be_and_that_nothing_was_changed(kpy: Run) -> None:
    edit("values/staging/shop.yaml", "hosts: [a.example.com]", "hosts: 3")

    code, _, err = kpy(*WAY)

    assert code == 2
    assert err == (
        "error: values/prod/shop.yaml:7:1: `hosts`: expected a list, not the number 3\n"
        "shop prod: values/prod/shop.yaml stays as it was\n"
    )


def test_effect_that_is_too_bad_stops_it(kpy: Run) -> None:
    code, out, err = kpy(*WAY, "--only", "image", "--fail-on", "update")

    assert (code, out.startswith("shop prod\n")) == (1, True)
    assert err == ("error: 1 change is as bad as --fail-on update, or worse\nvalues/prod/shop.yaml stays as it was\n")
    assert FILE.read_text() == PROD


def test_update_that_a_server_refuses_stops_it(kpy: Run) -> None:
    edit("apps/shop.py", "Secret.from_literals(", "Secret.from_literals(immutable=True, name=")
    edit("apps/shop.py", 'name="db", ', 'name="db", literals=')
    edit("apps/shop.py", '"password": database.password', '"password": database.size')

    code, _, err = kpy(*WAY, "--only", "database.size", "--fail-on", "immutable")

    assert (code, FILE.read_text()) == (1, PROD), err


def test_broken_output_is_told_as_new(kpy: Run) -> None:
    edit("apps/shop.py", 'image: str = ""', "image: str")
    edit(str(FILE), 'image: "nginx:1.27" # tried well\n', "")

    code, out, err = kpy(*WAY, "--only", "image")

    assert code == 0
    assert out.startswith("shop prod: new\n")
    assert "note: shop prod could not be made before, so that all is new: apps/shop.py: app() needs a value" in err


def test_every_output_that_reads_the_file_is_compared(kpy: Run) -> None:
    edit("pyproject.toml", "values/{env}/{app}.yaml", "values/{env}/shop.yaml")
    write("apps/cart.py", APP.replace("shop", "cart"))
    write("pyproject.toml", Path("pyproject.toml").read_text() + "[tool.kpy.clusters.eu]\n[tool.kpy.clusters.us]\n")

    code, out, _ = kpy(*WAY, "--only", "image", "--check")

    assert code == 1
    assert out.endswith("4 outputs, 4 with update in place\n")

    edit("apps/cart.py", '    image: str = "",\n', "")
    edit("apps/cart.py", '"image": image, ', "")
    code, out, err = kpy(*WAY, "--only", "image")
    assert code == 0
    assert "note: cart prod eu reads values/prod/shop.yaml and cannot be made, before and after" in err

    edit(str(FILE), "image: nginx:1.28".replace("nginx:1.28", '"nginx:1.28"') + " # tried well\n", "")
    code, out, err = kpy(*WAY, "--only", "image")
    assert (code, out) == (2, "")
    assert "has no parameter `image`" in err
    assert "cart prod eu: values/prod/shop.yaml stays as it was" in err


def test_values_may_differ_by_cluster(kpy: Run) -> None:
    edit("pyproject.toml", "values/{env}/{app}.yaml", "values/{env}/{cluster}.yaml")
    write("pyproject.toml", Path("pyproject.toml").read_text() + "[tool.kpy.clusters.eu]\nset = { hosts = ['eu'] }\n")
    write("values/staging/eu.yaml", STAGING)
    write("values/prod/eu.yaml", PROD)

    code, _, err = kpy(*WAY)
    assert (code, err) == (2, "error: the values differ by cluster: choose one with --cluster: eu\n")

    code, out, err = kpy(*WAY, "--cluster", "eu")
    assert (code, out.splitlines()[-1]) == (0, "1 output, 1 with update in place")
    assert "  hosts: staging has it from pyproject.toml:13:9: --only hosts promotes that\n" in err
    code, _, err = kpy(*WAY, "--cluster", "eu", "--only", "hosts")
    assert "--only hosts: pyproject.toml:13:9 says it for prod, and wins over the file" in err


def test_app_may_be_a_file_that_is_in_no_workspace(kpy: Run) -> None:
    edit("pyproject.toml", 'apps = "apps/*.py"\n', "")

    code, out, _ = kpy("promote", "apps/shop.py", *WAY[2:], "--only", "image")

    assert (code, out.startswith("shop.py prod\n")) == (0, True)
    edit("pyproject.toml", "[tool.kpy]\n", '[tool.kpy]\napp = "apps/shop.py"\n')
    code, out, _ = kpy("promote", *WAY[2:], "--only", "database.size")
    assert (code, out.startswith("shop prod\n")) == (0, True)


def test_file_that_may_not_be_written_is_told(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    code, _, err = kpy(*WAY)

    assert (code, err) == (2, "error: values/prod/shop.yaml: it cannot be written: it is read-only\n")


def test_full_disk_leaves_the_file(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    code, _, err = kpy(*WAY)

    assert code == 2
    assert err == "error: values/prod/shop.yaml: it cannot be written: No space left on device\n"
    assert (FILE.read_text(), sorted(os.listdir(FILE.parent))) == (PROD, ["shop.yaml"])


def test_mode_and_link_of_the_file_stay(kpy: Run) -> None:
    FILE.rename("values/real.yaml")
    FILE.symlink_to("../real.yaml")
    Path("values/real.yaml").chmod(0o640)

    assert kpy(*WAY, "--only", "image")[0] == 0
    assert FILE.is_symlink()
    assert Path("values/real.yaml").stat().st_mode & 0o777 == 0o640
    assert "nginx:1.28" in Path("values/real.yaml").read_text()


def test_file_that_changed_meanwhile_stays(kpy: Run) -> None:
    edit(
        "apps/shop.py",
        "    return app",
        f'    with open("{FILE}", "a") as file:\n        file.write("# more\\n")\n    return app',
    )

    code, _, err = kpy(*WAY)

    assert code == 2
    assert err == "error: values/prod/shop.yaml: it was changed meanwhile: run the command again\n"
