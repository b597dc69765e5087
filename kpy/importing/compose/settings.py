"""Configs and secrets of compose: ConfigMaps, and Secrets that somebody makes.

https://github.com/compose-spec/compose-spec/blob/main/08-configs.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kpy.importing.compose.fields import Fields
from kpy.importing.compose.files import read_text_or_bytes, secret_in
from kpy.importing.compose.interpolation import UNSET
from kpy.importing.compose.names import dns_label, key_of_file
from kpy.importing.compose.project import Project
from kpy.importing.compose.volumes import Storage, Volumes

__all__ = ["read_settings"]

_ASIDE: Final = {
    "driver": "it is of a Docker plugin",
    "driver_opts": "it is of a Docker plugin",
    "template_driver": "it is of a Docker plugin",
    "labels": "labels of it are for Docker",
}


def read_settings(service: Fields, project: Project, storage: Storage, volumes: Volumes) -> None:
    """Mount the configs and secrets that a service names."""
    for section in ("configs", "secrets"):
        for entry in service.items(section):
            if isinstance(entry, Mapping):
                fields = Fields(entry, (*service.steps, section), service.notes, service.places)
                name, target = fields.text("source"), fields.text("target")
                fields.rest(dict.fromkeys(("uid", "gid", "mode"), "the pod says it: `fsGroup`, `defaultMode`"))
            else:
                name, target = str(entry), ""
            if name not in project.section(section):
                raise service.wrong(f"there is no {section[:-1]} {name!r} among `{section}` of the file", section)
            _mount(service, section, name, target, project, storage, volumes)


def _mount(
    service: Fields, section: str, name: str, target: str, project: Project, storage: Storage, volumes: Volumes
) -> None:
    fields = Fields(project.section(section)[name], (section, name), project.notes, project.places)
    label, key = dns_label(fields.text("name") or name), key_of_file(name)
    folder = "/run/secrets/" if section == "secrets" else "/"
    path = target if target.startswith("/") else f"{folder}{target or name}"
    is_external = fields.take("external") not in (None, False)
    file, variable = fields.text("file"), fields.text("environment")
    content: str | bytes | None = fields.take("content")
    fields.rest(_ASIDE)
    if section == "configs" and not is_external:
        if file:
            content = read_text_or_bytes(project.path(section, name, file))
        if isinstance(content, str | bytes) and UNSET not in str(content) and not secret_in(file or name, content):
            config = storage.settings(label, {key: content})
            volumes.mount(config, {"configMap": {"name": config}}, path, sub_path=key)
            return
    kind = "secret" if section == "secrets" or not is_external else "configmap"
    said = f'--from-literal={key}="${variable}"' if variable else f"--from-file={key}={file or '...'}"
    words = "generic " if kind == "secret" else ""
    text = "it is there already" if is_external else f"`kubectl create {kind} {words}{label} {said}`"
    where = project.places.of((section, name))
    project.notes.add(f"{section}.{name}", f"kpy makes no {kind} {label!r}: {text}", where)
    source = {"secret": {"secretName": label}} if kind == "secret" else {"configMap": {"name": label}}
    volumes.mount(label, source, path, is_read_only=True, sub_path=key)
