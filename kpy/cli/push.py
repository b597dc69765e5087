"""`kpy push`: the image of an app, of a layout, or of every output, sent to a registry."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from kpy.cli.apps import app_for, kubernetes_of, project_with, refuse_of_all
from kpy.cli.codes import CANNOT, DONE, FAULT, FOUND, DocumentError, code_of_error, code_of_report
from kpy.cli.files import files_of
from kpy.cli.options import Given, MisuseError
from kpy.cli.output import Product, say_apart, say_findings
from kpy.delivery.images import Image, digest_of_layout, is_layout, parse_image
from kpy.errors import KpyError, LoadError, UsageError

if TYPE_CHECKING:
    from kpy.delivery.rendering import Rendered
    from kpy.manifest import Manifest
    from kpy.output.layouts import Layout
    from kpy.programs.oci_push import Pusher
    from kpy.project import Project
    from kpy.project.gitops import Gitops
    from kpy.project.workspace import Output

__all__ = ["run"]

#: What makes an image of an app, so that a layout that is there has no use for it.
_OF_APPS = ("set", "env", "cluster", "layout", "kustomization", "kubernetes", "select", "ignore", "crds", "external")
_AT_ONCE = 8


class _Sent(NamedTuple):
    """What became of an image."""

    code: int
    #: What it is now in the registry; empty where nothing is known of it.
    address: str = ""
    #: What to say of it.
    told: str = ""


def run(given: Given) -> int:
    """Send what is named; return 1 where a registry refuses, or where `--check` finds another image."""
    what, address = _words(given)
    if given.has("all"):
        return _push_all(given, what, address)
    refuse_of_all(given)
    with Product() as product:
        if what is not None and os.path.isdir(what):
            sent = _push_layout(given, what, address)
        else:
            sent = _push_app(given, what, address)
        if sent.told:
            say_apart(sent.told, given)
        product.write(f"{sent.address}\n" if sent.address else "")
    return sent.code


def _words(given: Given) -> tuple[str | None, str | None]:
    """Return the app or layout, and the address, that are named."""
    words = given.texts("words")
    addresses = [word for word in words if "://" in word]
    others = [word for word in words if "://" not in word]
    if not addresses and len(others) == 2 and "/" in others[1] and not os.path.exists(others[1]):
        raise MisuseError(f"{others[1]}: an address begins with oci://; did you mean oci://{others[1]}?")
    if len(addresses) > 1 or len(others) > 1:
        raise MisuseError("kpy push: give one app or layout, and one address: kpy push shop.oci oci://HOST/PATH:TAG")
    return next(iter(others), None), next(iter(addresses), None)


def _image(address: str, tag: str) -> Image:
    try:
        return parse_image(address, tag)
    except UsageError as error:
        raise MisuseError(str(error)) from None


def _push_layout(given: Given, folder: str, address: str | None) -> _Sent:
    """Send the image of a layout that is there."""
    if not is_layout(folder):
        raise MisuseError(
            f"{folder}: this is no OCI image layout, which `kpy synth APP --format oci -o {folder}` makes"
        )
    if said := next((name for name in _OF_APPS if given.values.get(name)), None):
        raise MisuseError(f"--{said} is about the image of an app, and {folder} is made already")
    if address is None:
        raise MisuseError(f"nothing says where {folder} goes: kpy push {folder} oci://HOST/PATH:TAG")
    tag = digest_of_layout(folder)[1]
    return _send(given, _pusher(), folder, _image(address, tag or "latest"))


def _push_app(given: Given, target: str | None, address: str | None) -> _Sent:
    """Send the image of an app."""
    project = project_with(given, target)
    if address is not None:
        image = _image(address, given.text("env") or "latest")
    else:
        output = _output(given, project, target)
        image = _image_of_output(project, output)
        given = Given({**given.values, "env": output.environment or None, "cluster": output.cluster or None})
        project = project_with(given, target)
    pusher = _pusher()
    manifest = project.synth(app_for(given, project, target), kubernetes=kubernetes_of(given))
    fail_on = given.text("fail_on")
    say_findings(manifest.report if fail_on == "note" else manifest.report.only("warning"), given)
    if (code := code_of_report(manifest.report, fail_on)) != DONE:
        return _Sent(code, told=f"{manifest.report.summary()}; nothing was sent, since --fail-on {fail_on} is met")
    from kpy.output.files import write

    laid = _laid(given, manifest, image.tag)
    _warn_of_secrets(given, [str(resource) for resource in manifest if _is_secret(resource.tree)], image)
    with _folder() as folder:
        write(folder, laid.files, output=manifest.output, private=laid.private)
        return _send(given, pusher, folder, image)


def _output(given: Given, project: Project, target: str | None) -> Output:
    """Return the output that an app is in an environment and a cluster; without these there has to be just one."""
    settings = project.settings
    _settings(project)
    if target is None and settings.app is None:
        raise MisuseError("no app is given: kpy push APP, or all of them with --all")
    own = [
        each
        for each in project.outputs()
        if target is None or target == each.app.word or _is_file(project, each, target)
    ]
    if not own:
        from kpy.project.workspace import is_name, no_such_app

        if target is not None and is_name(target):
            raise MisuseError(no_such_app(settings, target))
        raise MisuseError(f"{target} is none of the apps of this project: say where it goes, oci://HOST/PATH:TAG")
    said = {"env": given.text("env"), "cluster": given.text("cluster")}
    found = [each for each in own if all(word in (None, each.words[key]) for key, word in said.items())]
    if len(found) != 1:
        lacking = " and ".join(f"--{key}" for key in said if len({each.words[key] for each in found or own}) > 1)
        there = ", ".join(map(str, own))
        what = "is several outputs" if found else "has no such output"
        raise MisuseError(f"{own[0].app.word} {what}, {there}: choose one with {lacking or '--env and --cluster'}")
    return found[0]


def _is_file(project: Project, output: Output, target: str) -> bool:
    """Return whether a target, `FILE[:NAME]`, is the file of the app of an output."""
    from kpy.loading.app import split

    return os.path.abspath(split(target)[0]) == os.path.abspath(os.path.join(project.folder, output.app.target))


def _image_of_output(project: Project, output: Output) -> Image:
    from kpy.delivery.gitops.common import image_of

    return _image(*image_of(_settings(project), output))


def _settings(project: Project) -> Gitops:
    settings = project.settings.gitops
    if settings is None or not settings.oci:
        raise MisuseError(
            "nothing says where images go: give an address, oci://HOST/PATH:TAG, or add to [tool.kpy.gitops] of "
            'pyproject.toml oci = "oci://ghcr.io/acme/{app}"'
        )
    return settings


def _laid(given: Given, manifest: Manifest, tag: str) -> Layout:
    """Return the files of the layout that `kpy synth --format oci` makes."""
    wanted = Given({**given.values, "format": "oci"})
    return files_of(wanted, manifest, lambda resources: "---\n".join(resource.text for resource in resources), tag=tag)


def _is_secret(tree: dict[str, object]) -> bool:
    from kpy.redaction.encrypted import is_signed

    return tree.get("kind") == "Secret" and tree.get("apiVersion") == "v1" and not is_signed(tree)


def _warn_of_secrets(given: Given, secrets: Sequence[str], image: Image) -> None:
    if secrets:
        more = f" and {len(secrets) - 3} more" if len(secrets) > 3 else ""
        say_apart(
            f"warning: {image} has {', '.join(secrets[:3])}{more} in it: whoever can pull it can read that", given
        )


def _pusher() -> Pusher:
    from kpy.programs import ProgramError
    from kpy.programs.oci_push import find_pusher

    try:
        return find_pusher()
    except ProgramError as error:
        raise LoadError(str(error)) from None


def _send(given: Given, pusher: Pusher, folder: str, image: Image) -> _Sent:
    """Send the image of a layout, or with `--check` ask whether it is there."""
    from kpy.programs import ProgramError
    from kpy.programs.oci_push import PushError

    digest, _ = digest_of_layout(folder)
    try:
        there = _there(given, pusher, image)
        if there == digest:
            return _Sent(DONE, image.with_digest(digest), f"unchanged: {image} is that already")
        if given.has("check"):
            return _Sent(FOUND, told=f"{'different' if there else 'missing'}: {image}; it would be {digest}")
        pusher.push(folder, digest, image.name)
    except PushError as error:
        raise DocumentError(str(error), code=FOUND if error.is_refusal else CANNOT) from None
    except ProgramError as error:
        raise LoadError(str(error)) from None
    return _Sent(DONE, image.with_digest(digest), f"pushed: {image}{' (it was another image)' if there else ''}")


def _there(given: Given, pusher: Pusher, image: Image) -> str:
    """Return the digest that the registry has; empty where it has none.

    Some registries refuse to speak of a repository that the first push makes, so a refusal is left to the push.
    """
    from kpy.programs.oci_push import PushError

    try:
        return pusher.resolve(image.name)
    except PushError as error:
        if given.has("check") or not error.is_refusal:
            raise
        return ""


@contextmanager
def _folder() -> Iterator[str]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="kpy-") as folder:
        yield os.path.join(folder, "layouts")


def _push_all(given: Given, what: str | None, address: str | None) -> int:
    """Send the image of every output that is chosen; one that fails does not stop the others."""
    from kpy.cli.fleet import chosen_outputs
    from kpy.delivery.gitops.common import refuse_equal_images

    if what is not None:
        raise MisuseError(f"--all means every app, so {what} is one too many: leave it out, or say --where app={what}")
    if address is not None:
        raise MisuseError("--all sends each output to its own image: say where in [tool.kpy.gitops], `oci`")
    for name in ("env", "cluster"):
        if given.text(name):
            raise MisuseError(f"--{name} is about one output: choose with --where {name}={given.text(name)}")
    project = project_with(given, None)
    settings = _settings(project)
    outputs = project.outputs()
    refuse_equal_images(settings, outputs)
    chosen = chosen_outputs(given, outputs)
    images = [_image_of_output(project, output) for output in chosen]
    pusher = _pusher()
    with Product() as product, _folder() as folder:
        rendered = _rendered(given, project, chosen, images, folder)
        workers = ThreadPoolExecutor(_AT_ONCE)
        try:
            sent = list(workers.map(lambda pair: _tried(given, pusher, *pair), zip(rendered, images, strict=True)))
        finally:
            workers.shutdown(cancel_futures=True)  # what has begun ends, and after Ctrl-C nothing more begins
        for each in sent:
            if each.told:
                say_apart(each.told, given)
        product.write("".join(f"{each.address}\n" for each in sent if each.address))
    codes = [each.code for each in sent]
    return next((code for code in (FAULT, CANNOT, FOUND) if code in codes), DONE)


def _rendered(
    given: Given, project: Project, outputs: Sequence[Output], images: Sequence[Image], folder: str
) -> list[Rendered]:
    """Write the layouts of outputs below a folder, and tell what was found."""
    from kpy.cli.failures import with_failures
    from kpy.cli.fleet import joined, render_into

    tags = {str(output): image for output, image in zip(outputs, images, strict=True)}

    def laid(manifest: Manifest, output: Output) -> Layout:
        image = tags[str(output)]
        _warn_of_secrets(given, [str(resource) for resource in manifest if _is_secret(resource.tree)], image)
        return _laid(given, manifest, image.tag)

    rendered = render_into(given, project, outputs, folder, laid)
    form = given.text("report")
    say_findings(joined(with_failures(rendered, form), form), given)
    return rendered


def _tried(given: Given, pusher: Pusher, rendered: Rendered, image: Image) -> _Sent:
    """Send the image of an output, and return what became of it, whatever goes wrong."""
    output = rendered.output
    if rendered.code:
        return _Sent(rendered.code, told=f"error: {output}: {rendered.failure}" if rendered.failure else "")
    try:
        return _send(given, pusher, output.folder, image)
    except KpyError as error:
        return _Sent(code_of_error(error), told=f"error: {output}: {error}")
