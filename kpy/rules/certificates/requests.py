"""CertificateSigningRequests."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as BadBase64

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import label_fault, subdomain_fault
from kpy.syntax.pkcs10 import request_fault

REQUESTS = "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/"
SIGNERS = REQUESTS + "#signers"
USAGES = frozenset(
    (
        "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment",
        "cert sign", "crl sign", "encipher only", "decipher only", "any", "server auth", "client auth", "code signing",
        "email protection", "s/mime", "ipsec end system", "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing",
        "microsoft sgc", "netscape sgc",
    )
)  # fmt: skip


@rule("certificate-request", on="certificates/v1 CertificateSigningRequest", source=REQUESTS)
def request_invalid(signing: Tree, at: Path, check: Check) -> None:
    """The request is base64 of a PEM block `CERTIFICATE REQUEST` (PKCS #10), signed by its own key."""
    request = (signing.get("spec") or {}).get("request") or ""
    try:
        data = b64decode(request) if isinstance(request, str) else bytes(request)
    except BadBase64:
        return
    if fault := request_fault(data):
        check.report(at + "spec" + "request", f"the request {fault}")


@rule("certificate-usages", on="certificates/v1 CertificateSigningRequest", source=REQUESTS)
def usages(signing: Tree, at: Path, check: Check) -> None:
    """A request says what the certificate is for: known usages, at least one, each once."""
    usage_names, place = (signing.get("spec") or {}).get("usages") or (), at + "spec" + "usages"
    if not usage_names:
        check.report(place, "the request has no usages")
    for index, usage in enumerate(usage_names):
        if usage not in USAGES:
            check.report(place + index, f"usage {usage!r} is not one of {', '.join(sorted(USAGES))}")
        if usage in usage_names[:index]:
            check.report(place + index, f"usage {usage!r} is listed twice")


@rule("certificate-signer", on="certificates/v1 CertificateSigningRequest", source=SIGNERS)
def signer(signing: Tree, at: Path, check: Check) -> None:
    """A request names its signer: a domain, a slash and a name, such as `kubernetes.io/kube-apiserver-client`."""
    name = (signing.get("spec") or {}).get("signerName") or ""
    place = at + "spec" + "signerName"
    if not name:
        check.report(place, "the request has no signerName")
    elif fault := _signer_fault(name):
        check.report(place, f"signerName {name!r} {fault}")


def _signer_fault(name: str) -> str | None:
    domain, _, path = name.partition("/")
    if name == "kubernetes.io/legacy-unknown":
        return "is for requests of old API versions only"
    if name.count("/") != 1 or "." not in domain:
        return "must be a domain name, a slash and a name"
    for part in domain.split("."):
        if fault := label_fault(part):
            return f"has the part {part!r}, which {fault}"
    if len(domain) > 253 or len(name) > 571:
        return "is too long"
    for part in path.split("."):
        if fault := subdomain_fault(part):
            return f"has the part {part!r}, which {fault}"
    return None
