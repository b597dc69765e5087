"""`kpy gitops`: what Argo CD and Flux are given for the outputs of a workspace."""

from pathlib import Path
from typing import Any

import pytest

from kpy.documents import read_documents
from tests.cli.conftest import Run

SETTINGS = """\
[project]
name = "infra"

[tool.kpy]
apps = "apps/{team}/*.py"
output = "rendered/{cluster}/{env}/{app}"

[tool.kpy.environments.dev]
[tool.kpy.environments.prod]

[tool.kpy.clusters.eu]
[tool.kpy.clusters.us]
environments = ["prod"]

[tool.kpy.gitops]
repository = "https://github.com/acme/infra.git"
path = "deploy"
project = "{team}"
destinations = { us = "https://us.acme.example" }
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of two apps."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    for path in ("apps/checkout/cart.py", "apps/web/shop.py"):
        Path(path).parent.mkdir(parents=True)
        Path(path).write_text(f"from kpy import App\n\napp = App({Path(path).stem!r})\n")


def edit(old: str, new: str) -> None:
    text = Path("pyproject.toml").read_text()
    assert old in text
    Path("pyproject.toml").write_text(text.replace(old, new))


def objects(text: str) -> dict[str, Any]:
    return {
        f"{tree['kind']}/{tree['metadata']['name']}": tree
        for tree in (document.tree for document in read_documents(text).documents)
    }


def test_argocd_has_an_application_for_each_output(kpy: Run) -> None:
    code, out, err = kpy("gitops", "argocd")

    assert (code, err) == (0, "")
    found = objects(out)
    assert list(found) == [
        "AppProject/checkout",
        "AppProject/web",
        *(f"Application/{app}-{place}" for app in ("cart", "shop") for place in ("dev-eu", "prod-eu", "prod-us")),
    ]
    assert found["Application/cart-prod-us"] == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "cart-prod-us",
            "labels": {
                "app.kubernetes.io/part-of": "cart",
                "kpy.dev/environment": "prod",
                "kpy.dev/cluster": "us",
            },
            "namespace": "argocd",
        },
        "spec": {
            "project": "checkout",
            "source": {
                "repoURL": "https://github.com/acme/infra.git",
                "targetRevision": "main",
                "path": "deploy/rendered/us/prod/cart",
                "directory": {"recurse": True, "exclude": "kustomization.yaml"},
            },
            "destination": {"server": "https://us.acme.example"},
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "syncOptions": ["ServerSideApply=true"],
            },
        },
    }
    assert found["AppProject/web"]["spec"]["destinations"] == [
        {"name": "eu", "namespace": "*"},
        {"server": "https://us.acme.example", "namespace": "*"},
    ]


def test_name_that_no_object_can_have_is_told(kpy: Run) -> None:
    Path("apps/web/shop.py").rename(f"apps/web/{'shop-' * 12}x.py")

    code, out, err = kpy("gitops", "argocd")

    assert (code, out) == (2, "")
    assert "cannot be the name of an object" in err


def test_argocd_has_a_set_for_each_app(kpy: Run) -> None:
    edit('us = "https://us.acme.example"', 'eu = "https://eu.acme.example", us = "https://us.acme.example"')

    _, out, _ = kpy("gitops", "argocd", "--sets", "--where", "app=cart")

    found = objects(out)
    assert list(found) == ["AppProject/checkout", "ApplicationSet/cart"]
    spec = found["ApplicationSet/cart"]["spec"]
    [generator] = spec["generators"]
    assert [element["path"] for element in generator["list"]["elements"]] == [
        "deploy/rendered/eu/dev/cart",
        "deploy/rendered/eu/prod/cart",
        "deploy/rendered/us/prod/cart",
    ]
    used = {word.strip("{}.") for word in str(spec["template"]).replace("'", " ").split() if word.startswith("{{.")}
    assert used == set(generator["list"]["elements"][0])


def test_clusters_named_in_two_ways_make_no_set(kpy: Run) -> None:
    code, out, err = kpy("gitops", "argocd", "--sets")

    assert (code, out) == (2, "")
    assert "the clusters of cart are named in two ways" in err


def test_flux_has_a_kustomization_for_each_output_of_a_cluster(kpy: Run) -> None:
    code, out, err = kpy("gitops", "flux", "--where", "cluster=eu", "--where", "env=prod")

    assert (code, err) == (0, "")
    found = objects(out)
    assert list(found) == ["GitRepository/infra", "Kustomization/cart-prod-eu", "Kustomization/shop-prod-eu"]
    assert found["GitRepository/infra"]["spec"] == {
        "interval": "10m",
        "url": "https://github.com/acme/infra.git",
        "ref": {"branch": "main"},
    }
    assert found["Kustomization/shop-prod-eu"]["spec"] == {
        "interval": "10m",
        "path": "./deploy/rendered/eu/prod/shop",
        "prune": True,
        "wait": True,
        "sourceRef": {"kind": "GitRepository", "name": "infra"},
    }


def test_flux_reaches_other_clusters_by_kubeconfigs_alone(kpy: Run) -> None:
    code, _, err = kpy("gitops", "flux")
    assert code == 2
    assert "these outputs are for eu, us: choose one, --where cluster=eu" in err

    edit('us = "https://us.acme.example"', 'eu = "eu-kubeconfig", us = "us-kubeconfig"')
    code, out, _ = kpy("gitops", "flux")
    assert code == 0
    assert objects(out)["Kustomization/shop-prod-us"]["spec"]["kubeConfig"] == {"secretRef": {"name": "us-kubeconfig"}}


def test_images_are_another_source(kpy: Run) -> None:
    edit('repository = "https://github.com/acme/infra.git"', 'oci = "oci://ghcr.io/acme/{cluster}/{app}"')

    found = objects(kpy("gitops", "flux", "--where", "cluster=us")[1])
    assert found["OCIRepository/shop-prod-us"]["spec"] == {
        "interval": "10m",
        "url": "oci://ghcr.io/acme/us/shop",
        "ref": {"tag": "prod"},
    }
    assert found["Kustomization/shop-prod-us"]["spec"]["path"] == "./"
    source = objects(kpy("gitops", "argocd")[1])["Application/shop-prod-us"]["spec"]["source"]
    assert source == {
        "repoURL": "oci://ghcr.io/acme/us/shop",
        "targetRevision": "prod",
        "path": ".",
        "directory": {"recurse": True, "exclude": "kustomization.yaml"},
    }


def test_outputs_that_would_be_one_image_are_refused(kpy: Run) -> None:
    edit('repository = "https://github.com/acme/infra.git"', 'oci = "oci://ghcr.io/acme/{app}"')

    code, out, err = kpy("gitops", "flux", "--where", "cluster=us")

    assert (code, out) == (2, "")
    assert (
        "the outputs cart prod eu and cart prod us would both be the image oci://ghcr.io/acme/cart:prod: "
        "write {cluster} in `oci` of [tool.kpy.gitops]"
    ) in err


def test_flux_decrypts_with_the_keys_of_a_secret(kpy: Run) -> None:
    edit('path = "deploy"', 'decryption = "sops-age"')

    found = objects(kpy("gitops", "flux", "--where", "cluster=us")[1])["Kustomization/shop-prod-us"]["spec"]

    assert found["decryption"] == {"provider": "sops", "secretRef": {"name": "sops-age"}}


@pytest.mark.parametrize(
    ("revision", "ref"),
    [
        ("v1", {"branch": "v1"}),
        ("refs/tags/v1", {"name": "refs/tags/v1"}),
        ("0123456789abcdef0123456789abcdef01234567", {"commit": "0123456789abcdef0123456789abcdef01234567"}),
    ],
)
def test_revision_is_what_flux_calls_it(kpy: Run, revision: str, ref: dict[str, str]) -> None:
    edit('path = "deploy"', f'revision = "{revision}"')

    found = objects(kpy("gitops", "flux", "--where", "cluster=us")[1])
    assert found["GitRepository/infra"]["spec"]["ref"] == ref
    assert found["Kustomization/shop-prod-us"]["spec"]["path"] == "./rendered/us/prod/shop"


def test_what_is_not_automated_waits_for_people(kpy: Run) -> None:
    edit('path = "deploy"', "automated = false")

    assert objects(kpy("gitops", "flux", "--where", "cluster=us")[1])["Kustomization/shop-prod-us"]["spec"]["suspend"]
    policy = objects(kpy("gitops", "argocd")[1])["Application/shop-prod-us"]["spec"]["syncPolicy"]
    assert policy == {"syncOptions": ["ServerSideApply=true"]}


@pytest.mark.parametrize(
    ("old", "new", "words", "error"),
    [
        ("path", "path", (), "kpy gitops: it takes an engine: kpy gitops argocd, or kpy gitops flux"),
        ("path", "path", ("argo",), "kpy gitops: argo is none of the engines: kpy gitops argocd, or kpy gitops flux"),
        ("path", "path", ("flux", "--sets"), "--sets is about Argo CD"),
        ("path", "paht", ("flux",), "[tool.kpy.gitops] has no setting `paht`; did you mean `path`?"),
        ('path = "deploy"', "path = 3", ("flux",), "[tool.kpy.gitops]: `path` is text, not 3"),
        ('path = "deploy"', 'path = "/abs"', ("flux",), "`path` is a folder within the repository, from its top, not"),
        ('path = "deploy"', 'path = "../x"', ("flux",), "`path` is a folder within the repository, from its top, not"),
        (
            'path = "deploy"',
            'interval = "tenminutes"',
            ("flux",),
            """`interval` is a time such as "10m" or "1h30m", not 'tenminutes'""",
        ),
        ('path = "deploy"', 'namespace = "Argo CD"', ("argocd",), "`namespace` 'Argo CD' must be lower-case letters"),
        ('path = "deploy"', "automated = 'no'", ("flux",), "`automated` is true or false, not 'no'"),
        ('path = "deploy"', 'oci = "oci://x"', ("flux",), "needs one of `repository` and `oci`"),
        ("repository", "# repository", ("flux",), "needs one of `repository` and `oci`"),
        (
            'project = "{team}"',
            'project = "{taem}"',
            ("argocd",),
            "`project` of [tool.kpy.gitops] has {taem}, which means nothing",
        ),
        (
            "[tool.kpy.gitops]",
            "[tool.other]",
            ("flux",),
            "nothing says where flux finds the files: add [tool.kpy.gitops]",
        ),
        ('output = "rendered/{cluster}/{env}/{app}"', "", ("flux",), "nothing says where the output cart dev eu is"),
    ],
)
def test_what_cannot_be_delivered_is_refused(kpy: Run, old: str, new: str, words: tuple[str, ...], error: str) -> None:
    edit(old, new)

    code, out, err = kpy("gitops", *words)

    assert (code, out) == (2, "")
    assert error in err
