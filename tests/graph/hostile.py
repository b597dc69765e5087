"""Objects whose every text tries to be something else: markup, a script, a word of a language, too long, not there."""

from __future__ import annotations

from kpy.manifest import Resource

TEXTS = (
    '"><script>alert(1)</script>',
    "</title></style></svg><img src=x onerror=alert(1)>",
    "]] --> x{a}|b|",
    "end",
    "node",
    "graph",
    "1",
    "-",
    "",
    "a\\",
    'a\\"b',
    "a\nb\r\u2028c\x00\x1b[31m\ud800\ufffe",
    "&amp; #35; %25 ${x} `y` {{z}}",
    "\N{RIGHT-TO-LEFT OVERRIDE}drow",
    "\N{HIRAGANA LETTER A}" * 70,
    "x" * 500,
)


def hostile() -> list[Resource]:
    """Return pods and policies that are called so, in namespaces, with labels and with ports that are called so."""
    objects: list[dict[str, object]] = []
    for at, text in enumerate(TEXTS):
        metadata = {"name": text, "namespace": text, "labels": {"app": str(at)}}
        container = {"name": text, "ports": [{"name": text, "containerPort": at + 1}]}
        spec = {"containers": [container], "serviceAccountName": text, "volumes": [{"configMap": {"name": text}}]}
        objects.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        objects.append({"apiVersion": "x.example/v1", "kind": text, "metadata": metadata})
        peers = [
            {"podSelector": {"matchLabels": {"app": str(at)}}},
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": text}}},
            {"ipBlock": {"cidr": text, "except": [text]}},
        ]
        rules = [{"from": peers, "ports": [{"port": text, "protocol": text}, {"port": at + 1}]}]
        policy = {"podSelector": {}, "ingress": rules}
        kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
        objects.append({**kind, "metadata": metadata, "spec": policy})
    return [Resource(each) for each in objects]
