"""Compose files become objects, and what has no place in Kubernetes is named."""

from __future__ import annotations

from typing import Any

import pytest

from kpy import validate
from kpy.importing.compose import from_compose

from .compose_files import Files, files, service

__all__ = ["files"]

Tree = dict[str, Any]


def test_service_becomes_a_deployment_and_a_service(files: Files) -> None:
    files("services:\n  web:\n    image: nginx:1.29\n    ports: ['8080:80']\n    restart: always\n")

    assert files.objects() == {
        "Deployment/web": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "selector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
                "template": {
                    "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
                    "spec": {
                        "containers": [
                            {"name": "web", "image": "nginx:1.29", "ports": [{"name": "http", "containerPort": 80}]}
                        ]
                    },
                },
            },
        },
        "Service/web": {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web"},
            "spec": {
                "selector": {"app.kubernetes.io/name": "web"},
                "ports": [{"name": "http", "port": 80, "targetPort": "http"}],
            },
        },
    }
    assert files.notes() == {
        "services.web.ports": (
            "a Service has the port of the container; what a host published (80 as 8080) is reached by an Ingress, "
            "a Gateway or `kubectl port-forward`"
        )
    }


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("'80'", [("http", 80, None)]),
        ("8080", [("http", 8080, None)]),
        ("'127.0.0.1:5000:443'", [("https", 443, None)]),
        ("'[::1]:5000:443'", [("https", 443, None)]),
        ("'53:53/udp'", [("port-53-udp", 53, "UDP")]),
        ("'9000-9001:3000-3001'", [("port-3000", 3000, None), ("port-3001", 3001, None)]),
        ("{target: 80, published: '8080', protocol: tcp, mode: host, name: front}", [("front", 80, None)]),
        ("'${PORT:-8000}:8000'", [("port-8000", 8000, None)]),
        ("'${UNSET}:8000'", [("port-8000", 8000, None)]),
    ],
)
def test_ports_are_those_of_the_container(files: Files, port: str, expected: list[tuple[str, int, str | None]]) -> None:
    ports = files(service(f"ports: [{port}]")).container()["ports"]

    assert [(each["name"], each["containerPort"], each.get("protocol")) for each in ports] == expected


def test_variables_are_text_and_secrets_come_from_a_secret(files: Files) -> None:
    files(
        service(
            "environment:\n  LEVEL: info\n  COUNT: 3\n  DEBUG: true\n  FLAG: yes\n  WORD: on\n"
            "  DB_PASSWORD: hunter2hunter2\n  SHELL_TOKEN:\n"
            "  DATABASE_URL: postgres://u:swordfish@db/x\n  SECRET_KEY_BASE: abcdefghijklmnop\n  PRICE: a$$(B)"
        )
    )

    assert files.container()["env"] == [
        {"name": "LEVEL", "value": "info"},
        {"name": "COUNT", "value": "3"},
        {"name": "DEBUG", "value": "true"},
        {"name": "FLAG", "value": "yes"},
        {"name": "WORD", "value": "on"},
        *(
            {"name": name, "valueFrom": {"secretKeyRef": {"name": "web-secrets", "key": name}}}
            for name in ("DB_PASSWORD", "SHELL_TOKEN", "DATABASE_URL", "SECRET_KEY_BASE")
        ),
        {"name": "PRICE", "value": "a$$(B)"},
    ]
    assert files.notes()["services.web.environment"] == (
        "secrets stay out of the program: `kubectl create secret generic web-secrets --from-literal=DB_PASSWORD=... "
        "--from-literal=SHELL_TOKEN=... --from-literal=DATABASE_URL=... --from-literal=SECRET_KEY_BASE=...`"
    )


@pytest.mark.parametrize(
    "text",
    [
        "environment: [DB_PASSWORD=swordfish1]",
        "command: redis-server --requirepass swordfish1",
        "command: [app, '--password=swordfish1']",
        "command: app --url postgres://u:swordfish1@db/x",
        "healthcheck: {test: ['CMD', mysqladmin, ping, '-pswordfish1']}",
        "healthcheck: {test: redis-cli -a swordfish1 ping}",
        "healthcheck: {test: ['CMD-SHELL', 'PGPASSWORD=swordfish1 psql']}",
        "healthcheck: {test: 'mysqladmin ping --password=swordfish1'}",
        "environment: {URL: 'redis://:${REDIS_PASSWORD}@redis'}",
        "command: redis-server --requirepass ${REDIS_PASSWORD}",
        "command: redis-server --requirepass ${OTHER_PASSWORD:-swordfish1}",
        "healthcheck: {test: 'redis-cli -a ${REDIS_PASSWORD} ping'}",
        "labels: {auth.password: swordfish1}",
        "env_file: web.env",
        "volumes: ['./app.properties:/app.properties']",
        "volumes: ['./conf:/conf']",
    ],
)
def test_no_secret_is_in_a_document_or_a_note(files: Files, text: str) -> None:
    files(service(text), **{".env": "REDIS_PASSWORD=swordfish1\n", "web.env": "DB_PASSWORD='swordfish1'\nLEVEL=1\n"})
    files.write("app.properties", "db.password=swordfish1\n")
    files.write("conf/app.properties", "db.password=swordfish1\n")

    made = from_compose(files.folder / "compose.yaml", name="shop")

    assert "swordfish" not in str(made)
    assert [each for each in validate(made.documents) if each.severity == "error"] == []


def test_env_files_are_config_maps_and_those_that_are_not_there_are_secrets(files: Files) -> None:
    files(
        service("env_file:\n  - web.env\n  - {path: gone.env, required: false}"),
        **{"web.env": "# level\nexport LEVEL=info # why\nNAME='a b'\nTOKEN=abcdefgh\nEMPTY=\n"},
    )

    objects = files.objects()
    container = files.container()

    assert objects["ConfigMap/web-web-env"]["data"] == {"LEVEL": "info", "NAME": "a b", "EMPTY": ""}
    assert container["envFrom"] == [
        {"configMapRef": {"name": "web-web-env"}},
        {"secretRef": {"name": "web-env", "optional": True}},
    ]
    assert [each["name"] for each in container["env"]] == ["TOKEN"]
    assert files.notes()["services.web.env_file"] == (
        "gone.env is not there: make it a Secret, `kubectl create secret generic web-env --from-env-file=gone.env`"
    )


def test_named_volumes_are_claims_and_the_old_pod_goes_first(files: Files) -> None:
    files(
        "services:\n  db: {image: 'store:17', volumes: ['db_data:/var/lib/postgresql/data']}\n"
        "  backup: {image: 'backup:1', volumes: [{type: volume, source: db_data, target: /data, read_only: true}]}\n"
        "volumes:\n  db_data:\n  unused: {}\n"
    )

    objects = files.objects()

    assert objects["PersistentVolumeClaim/db-data"]["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    assert objects["Deployment/db"]["spec"]["strategy"] == {"type": "Recreate"}
    assert files.container("backup")["volumeMounts"] == [{"name": "db-data", "mountPath": "/data", "readOnly": True}]
    assert files.notes() == {
        "volumes.db_data": "compose says no size: the claim 'db-data' asks for 1Gi",
        "services.backup.volumes": (
            "db and backup share the claim 'db-data': on different nodes it has to be ReadWriteMany"
        ),
        "volumes.unused": "no service uses it",
    }


def test_bound_files_are_config_maps_and_data_folders_claims(files: Files) -> None:
    files(
        service(
            "build: ./src\nvolumes:\n  - ./nginx.conf:/etc/nginx/nginx.conf:ro\n"
            "  - ./conf.d:/etc/nginx/conf.d\n  - ./data:/data\n"
            "  - ./src:/code\n  - /code/node_modules\n  - /var/run/docker.sock:/var/run/docker.sock\n"
            "  - /etc/localtime:/etc/localtime:ro\n  - ~/.aws:/root/.aws\n"
        ),
        **{"nginx.conf": "events {}\n", "conf.d/a.conf": "a\n", "conf.d/b.bin": b"\xff\x00", "src/app.py": "x\n"},
    )

    objects, pod = files.objects(), files.pod()

    assert objects["ConfigMap/web-nginx"]["data"] == {"nginx.conf": "events {}\n"}
    assert objects["ConfigMap/web-conf-d"]["data"] == {"a.conf": "a\n"}
    assert objects["ConfigMap/web-conf-d"]["binaryData"] == {"b.bin": "/wA="}
    assert [(each["mountPath"], each.get("subPath")) for each in pod["containers"][0]["volumeMounts"]] == [
        ("/etc/nginx/nginx.conf", "nginx.conf"),
        ("/etc/nginx/conf.d", None),
        ("/data", None),
        ("/code/node_modules", None),
        ("/etc/localtime", None),
    ]
    assert [sorted(volume)[0] for volume in pod["volumes"]] == [
        "configMap",
        "configMap",
        "name",
        "emptyDir",
        "hostPath",
    ]
    assert "PersistentVolumeClaim/web-data" in objects


def test_tmpfs_and_shared_memory_are_in_memory(files: Files) -> None:
    pod = files(service("tmpfs: '/run:size=64m'\nshm_size: 1gb")).pod()

    assert pod["volumes"] == [
        {"name": "run", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
        {"name": "dev-shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
    ]


def test_health_check_is_a_readiness_probe_that_others_wait_for(files: Files) -> None:
    files(
        "services:\n  web:\n    image: web:1\n    depends_on:\n      db: {condition: service_healthy}\n"
        "      cache: {condition: service_started}\n      mail: {condition: service_started}\n"
        "      migrate: {condition: service_completed_successfully}\n"
        "  db:\n    image: postgres:17\n    expose: [5432]\n"
        "    healthcheck: {test: ['CMD', pg_isready], interval: 1m30s, timeout: 500ms, retries: 3, start_period: 10s}\n"
        "  cache: {image: 'redis:8'}\n  mail: {image: 'mail:1'}\n"
        "  migrate: {image: 'web:1', command: migrate --all, restart: on-failure}\n"
    )

    objects = files.objects()

    assert files.container("db")["readinessProbe"] == {
        "exec": {"command": ["pg_isready"]},
        "initialDelaySeconds": 10,
        "periodSeconds": 90,
        "timeoutSeconds": 1,
        "failureThreshold": 3,
    }
    assert files.pod("web")["initContainers"] == [
        {
            "name": "wait-for-db",
            "image": "busybox:1.37",
            "command": ["/bin/sh", "-c", "until nc -z db 5432; do sleep 2; done"],
        }
    ]
    assert objects["Job/migrate"]["spec"]["template"]["spec"]["restartPolicy"] == "OnFailure"
    assert files.container("migrate")["args"] == ["migrate", "--all"]
    assert objects["Service/cache"]["spec"]["ports"] == [{"name": "redis", "port": 6379, "targetPort": "redis"}]
    assert objects["Service/mail"]["spec"] == {"selector": {"app.kubernetes.io/name": "mail"}, "clusterIP": "None"}
    assert files.notes()["services.cache.image"] == "the file says no port: 6379 is the one that the image says"


def test_deploy_says_replicas_resources_rollout_and_place(files: Files) -> None:
    files(
        service(
            "deploy:\n  replicas: 3\n  resources:\n    limits: {cpus: '0.5', memory: 50M}\n"
            "    reservations: {cpus: 0.25, memory: 20M}\n"
            "  update_config: {parallelism: 2, order: start-first, delay: 10s}\n"
            "  placement: {constraints: ['node.labels.disk == ssd', 'node.role == manager']}\n  labels: {team: shop}"
        )
    )

    found = files.objects()["Deployment/web"]

    assert found["spec"]["replicas"] == 3
    assert found["spec"]["minReadySeconds"] == 10
    assert found["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0},
    }
    assert found["metadata"]["annotations"] == {"team": "shop"}
    assert found["spec"]["template"]["metadata"]["annotations"] == {"team": "shop"}
    assert files.container()["resources"] == {
        "limits": {"cpu": "500m", "memory": "50Mi"},
        "requests": {"cpu": "250m", "memory": "20Mi"},
    }
    assert files.pod()["nodeSelector"] == {"disk": "ssd"}
    assert files.notes() == {
        "services.web.deploy.placement.constraints": (
            "node.role == manager: say it by labels of nodes, with `affinity`"
        )
    }


def test_what_a_container_and_a_pod_can_say(files: Files) -> None:
    files(
        service(
            "entrypoint: [/entry]\ncommand: 'run --name \"a b\"'\n"
            "working_dir: /app\nuser: '1000:1001'\nread_only: true\n"
            "cap_add: [CAP_NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: ['no-new-privileges:true']\n"
            "tty: true\nstdin_open: true\n"
            "hostname: box\nstop_grace_period: 1m\nnetwork_mode: host\nextra_hosts: ['a:10.0.0.1', 'b=10.0.0.1']\n"
            "dns: 10.0.0.2\nsysctls: {kernel.shm_rmid_forced: 1}\n"
            "group_add: ['44']\nplatform: linux/amd64\npull_policy: always\n"
            "pid: host\nmem_limit: 1g\npost_start: [{command: /hello}]"
        )
    )

    container, pod = files.container(), files.pod()

    assert container == {
        "name": "web",
        "image": "web:1",
        "command": ["/entry"],
        "args": ["run", "--name", "a b"],
        "imagePullPolicy": "Always",
        "workingDir": "/app",
        "resources": {"limits": {"memory": "1Gi"}},
        "lifecycle": {"postStart": {"exec": {"command": ["/bin/sh", "-c", "/hello"]}}},
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
            "runAsUser": 1000,
            "runAsGroup": 1001,
            "allowPrivilegeEscalation": False,
        },
        "stdin": True,
        "tty": True,
    }
    assert {key: value for key, value in pod.items() if key != "containers"} == {
        "hostname": "box",
        "terminationGracePeriodSeconds": 60,
        "hostNetwork": True,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "dnsConfig": {"nameservers": ["10.0.0.2"]},
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a", "b"]}],
        "hostPID": True,
        "nodeSelector": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        "securityContext": {"supplementalGroups": [44], "sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]},
    }
    assert files.notes() == {}


def test_what_a_server_would_refuse_is_left_out_and_named(files: Files) -> None:
    files(service("network_mode: host\nsysctls: {net.core.somaxconn: 1024, kernel.shm_rmid_forced: 1}"))

    assert files.pod()["securityContext"] == {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]}
    (note,) = files.notes().items()
    assert note[0].startswith('Deployment "web": spec.template.spec.securityContext.sysctls[0]')
    assert note[1].startswith("left out, since a server would refuse it: ")


def test_configs_and_secrets_are_mounted_where_compose_has_them(files: Files) -> None:
    files(
        service(
            "configs: [app, {source: inline, target: /etc/inline}]\n"
            "secrets: [db_password, {source: cert, target: /cert}]"
        )
        + "configs:\n  app: {file: ./app.conf}\n  inline: {content: 'a=b'}\n"
        "secrets:\n  db_password: {file: ./pw.txt}\n  cert: {external: true}\n",
        **{"app.conf": "x\n", "pw.txt": "swordfish"},
    )

    objects, container = files.objects(), files.container()

    assert objects["ConfigMap/app"]["data"] == {"app": "x\n"}
    assert objects["ConfigMap/inline"]["data"] == {"inline": "a=b"}
    assert [(each["mountPath"], each["subPath"]) for each in container["volumeMounts"]] == [
        ("/app", "app"),
        ("/etc/inline", "inline"),
        ("/run/secrets/db_password", "db_password"),
        ("/cert", "cert"),
    ]
    assert files.notes() == {
        "secrets.db_password": (
            "kpy makes no secret 'db-password': `kubectl create secret generic db-password "
            "--from-file=db_password=./pw.txt`"
        ),
        "secrets.cert": "kpy makes no secret 'cert': it is there already",
    }


def test_other_names_of_a_service_are_services(files: Files) -> None:
    files(
        "services:\n"
        "  db: {image: 'db:1', expose: [5432], networks: {back: {aliases: [database], ipv4_address: 10.0.0.3}}}\n"
        "  web: {image: 'web:1', links: ['db:store'], networks: [back]}\nnetworks: {back: {}}\n"
    )

    assert {name for name in files.objects() if name.startswith("Service/")} == {
        "Service/db",
        "Service/database",
        "Service/store",
    }
    assert files.notes() == {
        "services.db.networks.back.ipv4_address": "the network of the cluster gives addresses",
        "networks": "all pods of a cluster reach each other; what a network keeps apart, a NetworkPolicy has to",
    }


def test_volume_of_an_image_stays_one_and_what_a_plugin_makes_is_left_out(files: Files) -> None:
    files(
        "services:\n  web:\n    image: web:1\n    depends_on: [db]\n"
        "    volumes: [{type: image, source: data:1, target: /data, image: {subpath: a}}]\n"
        "  db: {provider: {type: cloud}}\n"
    )

    assert files.pod()["volumes"] == [{"name": "data", "image": {"reference": "data:1"}}]
    assert files.container()["volumeMounts"] == [{"name": "data", "mountPath": "/data", "subPath": "a"}]
    assert files.notes()["services.db.provider"] == "left out: a plugin of compose makes it"
