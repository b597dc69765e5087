"""Rules on single fields of the group networking."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Format, Required, field_rule

__all__ = ["RULES"]

_INGRESS: Final = "https://kubernetes.io/docs/concepts/services-networking/ingress/"

RULES: Final = (
    field_rule(
        "ingress-class-name-invalid",
        "The ingressClassName is the name of an IngressClass: a DNS subdomain.",
        Format("ingressClassName", "DNS subdomain", or_empty=True),
        on="networking/v1 IngressSpec",
        source=_INGRESS + "#ingress-class",
    ),
    field_rule(
        "ingress-path-type-required",
        "A path says how it is matched: Exact, Prefix or ImplementationSpecific.",
        Required("pathType", "the path has no `pathType`", fix="set `pathType: Prefix`", or_empty=True),
        on="networking/v1 HTTPIngressPath",
        source=_INGRESS + "#path-types",
    ),
    field_rule(
        "ingress-paths-required",
        "A rule with `http` has at least one path.",
        Required("paths", "the rule has no paths", fix="add a path, or drop `http`"),
        on="networking/v1 HTTPIngressRuleValue",
        source=_INGRESS + "#ingress-rules",
    ),
    field_rule(
        "ingress-tls-secret-invalid",
        "The secretName of a certificate is the name of a Secret: a DNS subdomain.",
        Format("secretName", "DNS subdomain"),
        on="networking/v1 IngressTLS",
        source=_INGRESS + "#tls",
    ),
)
