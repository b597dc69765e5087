"""Documents become the Python that people would write, and the proof says so."""

from __future__ import annotations

from textwrap import dedent

from kpy.importing import to_source
from tests.importing.reading import body, imported


def test_small_app_is_what_a_person_would_write() -> None:
    made = imported(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
        spec:
          replicas: 2
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              serviceAccountName: web
              containers:
              - name: web
                image: nginx:1.29
                ports:
                - {name: http, containerPort: 8080}
                env:
                - name: LIVES
                  valueFrom: {configMapKeyRef: {name: settings, key: LIVES}}
                - name: PASSWORD
                  valueFrom: {secretKeyRef: {name: db, key: password}}
                resources:
                  requests: {cpu: 100m, memory: 64Mi}
                  limits: {memory: 64Mi}
                readinessProbe:
                  httpGet: {path: /healthz, port: http}
                volumeMounts:
                - {name: settings, mountPath: /etc/shop, readOnly: true}
                - {name: tmp, mountPath: /tmp}
              volumes:
              - {name: settings, configMap: {name: settings}}
              - {name: tmp, emptyDir: {}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec:
          selector: {app: web}
          ports:
          - {name: http, port: 80, targetPort: http}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: shop}
        data: {LIVES: "3"}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: web, namespace: shop}
        """,
        name="shop",
    )

    assert made.text == dedent(
        """\
        from kpy import (
            App,
            Chart,
            ConfigMap,
            Container,
            Deployment,
            Mount,
            Probe,
            Resources,
            Secret,
            ServiceAccount,
            Volume,
        )

        app = App("shop")
        chart = app.add(Chart("shop", namespace="shop"))

        settings = chart.add(ConfigMap("settings", data={"LIVES": "3"}))
        web_account = chart.add(ServiceAccount("web"))
        web = chart.add(
            Deployment(
                "web",
                replicas=2,
                selector={"app": "web"},
                service_account_name=web_account,
                containers=Container(
                    image="nginx:1.29",
                    ports={"http": 8080},
                    env={
                        "LIVES": settings["LIVES"],
                        "PASSWORD": Secret.existing("db")["password"],
                    },
                    resources=Resources(cpu=("100m", None), memory="64Mi"),
                    readiness_probe=Probe.http("/healthz", port="http"),
                    mounts={
                        "/etc/shop": Mount(settings, read_only=True),
                        "/tmp": Volume.empty_dir("tmp"),
                    },
                ),
            )
        )
        chart.add(web.expose(port=80))
        """
    )
    assert {each.form for each in made.objects} == {"short"}


def test_comments_stand_above_what_they_explain() -> None:
    made = body(
        """
        # Serves the shop.
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          # Two, so that one can be lost.
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1.29  # the mainline
                args:
                - |
                  # no comment of YAML
                  echo "#1"
                  echo done
                # fmt: off
                tty: true
        """
    )

    assert made == dedent(
        '''\
        chart = app.add(Chart("app"))

        # Serves the shop.
        chart.add(
            Deployment(
                "web",
                # Two, so that one can be lost.
                replicas=2,
                selector={"app": "web"},
                containers=Container(
                    # the mainline
                    image="nginx:1.29",
                    args=[
                        """\\
        # no comment of YAML
        echo "#1"
        echo done
        """,
                    ],
                    # (fmt: off)
                    tty=True,
                ),
            )
        )
        '''
    )


def test_what_all_objects_have_is_said_by_the_chart() -> None:
    made = body(
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop, labels: {team: x, app: a}}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop, labels: {team: x}}}
        """
    )

    assert made == dedent(
        """\
        chart = app.add(Chart("app", namespace="shop", labels={"team": "x"}))

        chart.add(ConfigMap("a", labels={"app": "a"}))
        chart.add(ConfigMap("b"))
        """
    )


def test_objects_of_several_namespaces_are_in_a_chart_for_each() -> None:
    made = body(
        """
        {apiVersion: v1, kind: ServiceAccount, metadata: {name: reader, namespace: web}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: data}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: data}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {kind: ServiceAccount, name: reader, namespace: web}
        - {kind: Group, apiGroup: rbac.authorization.k8s.io, name: operators}
        """
    )

    assert made == dedent(
        """\
        web = app.add(Chart("web", namespace="web"))
        reader_account = web.add(ServiceAccount("reader"))

        data = app.add(Chart("data", namespace="data"))
        reader_role = data.add(Role("reader").allow(["get", "list"], "pods"))
        data.add(reader_role.bind(reader_account, Group("operators")))
        """
    )


def test_policy_is_said_call_by_call() -> None:
    made = body(
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: api}
        spec:
          podSelector: {matchLabels: {app: api}}
          policyTypes: [Ingress, Egress]
          ingress:
          - from: [{podSelector: {matchLabels: {app: web}}}]
            ports: [{protocol: TCP, port: http}, {protocol: UDP, port: 53}]
          - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: left-to-the-server}
        spec: {podSelector: {}, ingress: [{}]}
        """
    )

    assert made == dedent(
        """\
        chart = app.add(Chart("app"))

        api_policy = chart.add(NetworkPolicy("api", target={"app": "api"}))
        api_policy.allow_from({"app": "web"}, ports=["http", "53/UDP"])
        api_policy.allow_from_cidr("10.0.0.0/8", except_=["10.1.0.0/16"])
        api_policy.deny_egress()
        chart.add(NetworkPolicy("left-to-the-server", policy_types=OFF).allow_from())
        """
    )


def test_autoscaler_that_would_take_the_replicas_away_refers_by_name() -> None:
    """kpy leaves `replicas` to an autoscaler of the app; the manifest has them."""
    scaled = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: api}
        spec:
          %s
          selector: {matchLabels: {app: api}}
          template:
            metadata: {labels: {app: api}}
            spec: {containers: [{name: api, image: api:1}]}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: api}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
          maxReplicas: 4
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
        """

    assert "scale_target_ref=api, max_replicas=4, cpu=80" in body(scaled % "minReadySeconds: 1")
    assert "scale_target_ref=Deployment.existing(" in body(scaled % "replicas: 3")


def test_unknown_kind_is_raw_and_says_why() -> None:
    made = imported(
        "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: ca}, spec: {selfSigned: {}, x: null}}"
    )

    assert [(each.title, each.form, each.reason) for each in made.objects] == [
        ('Issuer "ca"', "raw", "kpy has no type for cert-manager.io/v1 Issuer")
    ]


def test_field_that_kpy_does_not_know_becomes_a_patch() -> None:
    made = imported("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ipFamily: IPv6, ports: [{port: 80}]}}")

    assert 'chart.add(Service("a", ports=80, patch={"spec": {"ipFamily": "IPv6"}}))' in made.text
    assert made.objects[0].form == "construct"
    assert made.objects[0].reason == "kpy knows no field `ipFamily` of Service"


def test_names_of_variables_are_python_and_nobody_elses() -> None:
    config = "{{apiVersion: v1, kind: {}, metadata: {{name: {}}}}}"
    pods = []
    for kind, name in (("ConfigMap", "class"), ("ConfigMap", "1-settings"), ("ConfigMap", "app")):
        pods.append(config.format(kind, name))
        pods.append(
            f"{{apiVersion: v1, kind: Pod, metadata: {{name: p{len(pods)}}}, spec: {{containers: "
            f"[{{name: a, envFrom: [{{configMapRef: {{name: {name}}}}}]}}]}}}}"
        )

    made = body("\n---\n".join(pods))

    assert 'class_config = chart.add(ConfigMap("class"))' in made
    assert 'config_map_1_settings = chart.add(ConfigMap("1-settings"))' in made
    assert 'app_config = chart.add(ConfigMap("app"))' in made


def test_what_repeats_is_a_constant() -> None:
    pod = """
        apiVersion: v1
        kind: Pod
        metadata: {name: p%d}
        spec:
          containers:
          - name: a
            image: ghcr.io/shop/api:1.2
            securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}
    """

    made = imported("\n---\n".join(dedent(pod % number) for number in range(3))).text

    assert 'API_IMAGE = "ghcr.io/shop/api:1.2"\n' in made
    assert "SECURITY_CONTEXT = SecurityContext(\n    run_as_non_root=True,\n" in made
    assert made.count("image=API_IMAGE") == 3
    assert made.count("security_context=SECURITY_CONTEXT") == 3


def test_licence_stands_once_above_the_module() -> None:
    made = imported(
        """
        # Copyright 2026 The Authors
        # Licensed under the Apache License
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
        ---
        # Copyright 2026 The Authors
        # Licensed under the Apache License
        {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
        """
    ).text

    assert made.startswith("# Copyright 2026 The Authors\n# Licensed under the Apache License\n\nfrom kpy import")
    assert made.count("Copyright") == 1


def test_text_of_an_enemy_stays_text() -> None:
    evil = ['"""', "\\", '"); import os  # ', "\ud800", "\r\n", "{x}", "a\nb\n\\\n'''\"\"\"", "\u2028", "end\\\n\n\\"]
    data = {f"k{at}": text for at, text in enumerate(evil)} | dict.fromkeys(evil, "v")
    whole = to_source([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}])

    assert whole.differences == ()
    assert whole.counts == {"short": 1}
