"""No key of a compose file is lost, and what is no compose file is refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.importing.compose import ComposeError, from_compose

#: All keys of a service in the published schema, each with a value that it takes.
SERVICE = """\
annotations: {a: b}
attach: false
blkio_config: {weight: 300}
build: .
cap_add: [SYS_TIME]
cap_drop: [ALL]
cgroup: host
cgroup_parent: x
command: run
configs: [c]
container_name: x
cpu_count: 1
cpu_percent: 1
cpu_period: 1
cpu_quota: 1
cpu_rt_period: 1
cpu_rt_runtime: 1
cpu_shares: 1
cpus: 0.5
cpuset: '0'
credential_spec: {file: x}
depends_on: [other]
deploy: {endpoint_mode: vip, rollback_config: {parallelism: 1}, restart_policy: {condition: any}}
develop: {watch: []}
device_cgroup_rules: ['c 1:3 mr']
devices: ['/dev/a:/dev/a']
dns: 10.0.0.1
dns_opt: ['ndots:2']
dns_search: example.com
domainname: example.com
entrypoint: /x
env_file: x.env
environment: {A: b}
expose: ['80']
extends: {service: base}
external_links: [redis]
extra_hosts: {a: 10.0.0.1}
gpus: all
group_add: [mail]
healthcheck: {test: 'true', start_interval: 1s}
hostname: x
init: true
ipc: host
isolation: default
label_file: x
labels: {a: b}
links: [other]
logging: {driver: json-file}
mac_address: 02:42:ac:11:65:43
mem_limit: 1g
mem_reservation: 1m
mem_swappiness: 1
memswap_limit: 2g
models: [m]
network_mode: bridge
networks: [n]
oom_kill_disable: true
oom_score_adj: 1
pid: host
pids_limit: 10
platform: linux/arm64
ports: ['80']
post_start: [{command: x}]
pre_stop: [{command: x, user: root}]
privileged: true
profiles: [p]
provider: {type: x}
pull_policy: build
pull_refresh_after: 1d
read_only: true
restart: 'no'
runtime: runc
scale: 2
secrets: [s]
security_opt: ['label:disable']
shm_size: 1m
stdin_open: true
stop_grace_period: 1s
stop_signal: SIGTERM
storage_opt: {size: 1G}
sysctls: ['net.core.somaxconn=1']
tmpfs: /run
tty: true
ulimits: {nproc: 1}
use_api_socket: true
user: nginx
userns_mode: host
uts: host
volumes: ['v:/v']
volumes_from: [other]
working_dir: /x
image: x
"""
REST = """\
  base: {image: base}
  other: {image: other}
configs: {c: {content: x, labels: {a: b}}}
secrets: {s: {environment: X, driver: d}}
networks: {n: {driver: overlay}}
volumes: {v: {driver: local, driver_opts: {a: b}}}
models: {m: {model: x}}
version: '3'
name: shop
"""
#: What becomes something, so that nothing has to be said of it.
TRANSLATED = frozenset(
    [
        "annotations",
        "cap_add",
        "cap_drop",
        "command",
        "configs",
        "cpus",
        "deploy",
        "dns",
        "dns_opt",
        "dns_search",
        "entrypoint",
        "environment",
        "expose",
        "extends",
        "extra_hosts",
        "healthcheck",
        "hostname",
        "ipc",
        "labels",
        "links",
        "mem_limit",
        "mem_reservation",
        "network_mode",
        "networks",
        "pid",
        "platform",
        "ports",
        "post_start",
        "privileged",
        "profiles",
        "read_only",
        "scale",
        "secrets",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "sysctls",
        "tmpfs",
        "tty",
        "volumes",
        "working_dir",
        "image",
        "pre_stop",
    ]
)


def write(folder: Path, text: str) -> Path:
    path = folder / "compose.yaml"
    path.write_text(text)
    return path


def test_every_key_of_a_service_is_translated_or_named(tmp_path: Path) -> None:
    text = "services:\n  web:\n" + "".join(f"    {line}\n" for line in SERVICE.splitlines()) + REST
    keys = [line.partition(":")[0] for line in SERVICE.splitlines()]

    made = from_compose(write(tmp_path, text), profiles=["p"])
    named = {note.key.removeprefix("services.web.").partition(".")[0] for note in made.notes}

    assert len(keys) == 92
    assert sorted(set(keys) - TRANSLATED - named) == []
    assert [note for note in made.notes if "no key of compose" in note.text] == []
    assert {note.key for note in made.notes if not note.key.startswith("services.")} == {
        "configs.c.labels",
        "models",
        "networks",
        "secrets.s",
        "secrets.s.driver",
        "version",
        "volumes.v",
        "volumes.v.driver",
        "volumes.v.driver_opts",
    }
    assert all(note.where is not None for note in made.notes)


def test_key_that_compose_does_not_have_is_named_with_a_near_one(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: a\n    enviroment: {A: b}\n    deploy: {resource: {}}\n    x-own: 1\n"
        "service: {}\n"
    )

    made = from_compose(write(tmp_path, text))

    assert {note.key: note.text for note in made.notes} == {
        "services.web.enviroment": "no key of compose is called so; did you mean `environment`?",
        "services.web.deploy.resource": "no key of compose is called so; did you mean `resources`?",
        "service": "no key of compose is called so; did you mean `services`?",
    }
    assert [str(note.where).rpartition("/")[2] for note in made.notes] == [
        "compose.yaml:4:5",
        "compose.yaml:5:14",
        "compose.yaml:7:1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "services: {web: {image: a, ports: [x]}}\n",
            'services.web.ports: expected a port, such as "8080:80" or "80/udp", not \'x\'',
        ),
        (
            "services: {web: {image: a, ports: ['99999']}}\n",
            "services.web.ports: expected ports from 1 to 65535, not '99999'",
        ),
        (
            "services: {web: {image: a, ports: ['80/icmp']}}\n",
            "services.web.ports: 'icmp' is no protocol: expected tcp, udp or sctp",
        ),
        ("services: {web: {image: a, ports: 80}}\n", "services.web.ports: expected a list, not 80"),
        ("services: {web: [image]}\n", "services.web: expected a mapping, not a list"),
        ("services: [web]\n", "services: expected a mapping, not a list"),
        ("services: {web: {command: x}}\n", "services.web: a service needs `image`, or `build`"),
        ("services: {web: {image: a, depends_on: [db]}}\n", "services.web.depends_on: there is no service 'db'"),
        (
            "services: {web: {image: a, secrets: [x]}}\n",
            "services.web.secrets: there is no secret 'x' among `secrets` of the file",
        ),
        ("services: {web: {image: a, extends: {service: web}}}\n", "services.web.extends: it extends itself"),
        ("services: {web: {image: a, extends: b}}\n", "services.web.extends: there is no service 'b'"),
        (
            "services: {web: {image: a, deploy: {resources: {limits: {memory: lots}}}}}\n",
            "services.web.deploy.resources.limits.memory: expected an amount, such as 512M, not 'lots'",
        ),
        ("services: {web: {image: a, tty: maybe}}\n", "services.web.tty: expected true or false, not 'maybe'"),
        (
            "services: {web: {image: a, volumes: ['a:b']}}\n",
            "services.web.volumes: expected a volume, such as `data:/var/lib/data`, not 'a:b'",
        ),
        ("services: {}\n", "the file has no services"),
        ("volumes: {a: {}}\n", "the file has no services"),
        ("- a\n", "a compose file is a mapping with `services`, not a list"),
        ("apiVersion: v1\nkind: X\n", "this is an object of Kubernetes, not a compose file"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)

    with pytest.raises(ComposeError) as error:
        from_compose(path)

    where, _, said = str(error.value).partition(": ")
    assert where.startswith(f"{path}:1")
    assert said.startswith(message)


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComposeError) as error:
        from_compose(tmp_path / "compose.yaml")

    assert str(error.value) == f"{tmp_path / 'compose.yaml'}: the file cannot be read: No such file or directory"
