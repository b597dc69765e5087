"""Secrets in the open: which texts are taken for one, and that no line of source shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.rules.policies.secret_values import is_plain, is_secret_name, secret_form, secret_setting

#: A key that nobody has.
KEY = "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "swordfish"),
        ("PGPASSWORD", "swordfish"),
        ("dbPassword", "swordfish"),
        ("MYSQL_PWD", "1234"),
        ("github-token", "swordfish"),
        ("apiKey", "swordfish"),
        ("AWS_SECRET_ACCESS_KEY", "swordfish"),
        ("CLIENT_SECRET", "swordfish"),
    ],
)
def test_value_of_a_name_is_a_secret(name: str, value: str) -> None:
    assert is_secret_name(name)
    assert is_plain(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "$(PASSWORD)"),
        ("DB_PASSWORD", "${PASSWORD}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "/run/secrets/password"),
        ("DB_PASSWORD", "vault:secret/data/db#password"),
        ("DB_PASSWORD", "********"),
        ("DB_PASSWORD_FILE", "password"),
        ("TLS_SECRET", "web"),
        ("WEBHOOK_SECRET", "web-certs"),
        ("CREDENTIALS", "shop/web-credentials"),
        ("USE_TOKEN", "true"),
        ("MAX_TOKEN", "4096"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "1"),
        ("NEXT_PUBLIC_MAPS_API_KEY", "abc"),
        ("BYPASS", "all"),
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("KEY", "abc"),
    ],
)
def test_value_of_a_name_is_none(name: str, value: str) -> None:
    assert not (is_secret_name(name) and is_plain(name, value))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"key: |\n{KEY}", "a private key"),
        (KEY.replace("\n", "\\n"), "a private key"),
        ("token: ghp_" + "a1B2" * 9, "a token of GitHub"),
        ("glpat-" + "a1B2" * 5, "a token of GitLab"),
        ("AIza" + "a1B2-" * 7, "an API key of Google"),
        ("aws_secret_access_key = " + "a1B2" * 10, "a key of AWS"),
        ("AWS_SECRET_ACCESS_KEY=" + "a1B2" * 10, "a key of AWS"),
        ("key: AKIA" + "A1B2" * 4, "an access key of AWS"),
        ("eyJ" + "a1B2" * 5 + ".eyJ" + "a1B2" * 5 + "." + "a1B2" * 10, "a signed token"),
        ("url: postgres://web:swordfish@db:5432/web", "a URL with a password"),
        ("redis://:swordfish@cache", "a URL with a password"),
    ],
)
def test_text_is_a_secret_by_its_form(text: str, what: str) -> None:
    assert secret_form(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "write -----BEGIN PRIVATE KEY----- and the key",
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
        "-----BEGIN PUBLIC KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 3,
        "postgres://web:$(PASSWORD)@db/web",
        "postgres://web:${PASSWORD}@db/web",
        "# postgres://web:swordfish@db/web",
        "http://web:8080/login?user=a@shop.org",
        "git@github.com:shop/web.git",
        "http://a:80/x@sha256:1234",
    ],
)
def test_text_is_no_secret(text: str) -> None:
    assert secret_form(text) == ""


@pytest.mark.parametrize(
    ("key", "text", "name"),
    [
        ("app.properties", "db.url=jdbc:db\nspring.datasource.password=swordfish\n", "spring.datasource.password"),
        ("app.yaml", "db:\n  user: web\n  password: swordfish\n", "password"),
        ("app.json", '{\n  "user": "web",\n  "password": "swordfish",\n}', "password"),
        ("settings", "export DB_PASSWORD='swordfish'\n", "DB_PASSWORD"),
        ("app.ini", "[auth]\nclient_secret = swordfish\n", "client_secret"),
    ],
)
def test_setting_is_a_secret(key: str, text: str, name: str) -> None:
    assert secret_setting(key, text) == name


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("app.properties", "# password=swordfish\npassword=\npassword=${PASSWORD}\n"),
        (
            "app.yaml",
            "passwordSecret: web-db\npassword_file: /run/password\npassword: <password>\nhide_password: true\n",
        ),
        ("app.conf", "password = os.environ['PASSWORD']\npassword = read(file)\n"),
        ("setup.sh", "PASSWORD=swordfish\n"),
        ("page.html", "password: swordfish\n"),
        ("app.yaml", "the password: it is asked for when you log in\n"),
    ],
)
def test_setting_is_no_secret(key: str, text: str) -> None:
    assert secret_setting(key, text) == ""


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: web
    command:
    - web
    - --token
    - swordfish
    args: ["--password=swordfish"]
    env: [{name: DB_PASSWORD, value: swordfish}]
  - {name: log, image: log, env: [{name: API_TOKEN, value: "swordfish"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {"db-password": "swordfish"}
"""
APP = """\
from kpy import App, Chart, ConfigMap, Container, Deployment

app = App("shop")
shop = app.add(Chart("shop"))
shop.add(ConfigMap("page", data={"db-password": "swordfish"}))
shop.add(
    Deployment(
        "web", containers=[Container(image="web", args=["--password=swordfish"], env={"DB_PASSWORD": "swordfish"})]
    )
)
"""


@pytest.mark.parametrize(("name", "text"), [("pod.yaml", POD), ("shop.py", APP)])
@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_no_form_of_output_has_the_secret(
    name: str,
    text: str,
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[tool.kpy]\nselect = ["policy"]\n')
    Path(name).write_text(text)

    run(["validate", name, "--format", form])

    out, err = capsys.readouterr()
    for rule in ("secret-in-arguments", "secret-in-config-map", "secret-in-env"):
        assert rule in out
    assert "swordfish" not in out + err
