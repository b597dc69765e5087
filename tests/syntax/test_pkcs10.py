"""Requests for certificates."""

from __future__ import annotations

from base64 import b64decode, encodebytes

import pytest

from kpy.syntax.pkcs10 import request_fault

#: A request of an RSA key for the name `shop`.
REQUEST = b64decode(
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQlRqQ0J1QUlCQURBUE1RMHdDd1lEVlFRRERBUnphRzl3TUlH"
    "Zk1BMEdDU3FHU0liM0RRRUJBUVVBQTRHTgpBRENCaVFLQmdRQzlqNllER3FMSkJncjZ2Y2xQV0kyeEFNQVZpbU9IS0c2V3Q4T1dK"
    "OERsMkw5T2tYVWJKRENRCjlQUkIwbExWKzB5RzkyT3hpQTJFcmJkMGpteU9uaTJiVDRlUXY0OTNmK0tVNWNNckE0OVk0cWhiaUNp"
    "Y1dFNXQKaHdRSDNVakcrNEJEcnZJRTdQRXhxUnJZTnNGZGRObUc5aENFTUcvSzZ1c0dFRmZBQktyWnh3SURBUUFCb0FBdwpEUVlK"
    "S29aSWh2Y05BUUVMQlFBRGdZRUFaZDdQdi9reTVzQlRuQmhiK2Roa2tjYUFieWE4clRUWVJ2SUpxUjhWClhCQm8wcGQyQ2hjeEZ5"
    "T0puQUdML3NvWkp4WHdHU2pmR1FMak9td3E0ZU9sMFdMQVArR2JwRm5jY2F2dzBsMnUKODlDclVSMVM3K3RYcFJkbmVpMDFhS3FV"
    "bHpaRHNCSWVLdEU3N0xTd2dFVExyZVV1ZmE4d3A3RGl6OWVvc1YxRwpxcnc9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1Qt"
    "LS0tLQo="
)


def _pem(data: bytes) -> bytes:
    return b"-----BEGIN CERTIFICATE REQUEST-----\n" + encodebytes(data) + b"-----END CERTIFICATE REQUEST-----\n"


def _der() -> bytes:
    return b64decode(b"".join(REQUEST.splitlines()[1:-1]))


@pytest.mark.parametrize("before", [b"", b"Subject: shop\n"])
def test_signed_request_is_fine(before: bytes) -> None:
    assert request_fault(before + REQUEST) is None
    assert request_fault(before + REQUEST.replace(b"\n", b"\r\n")) is None


@pytest.mark.parametrize("data", [b"", b"abc", b" " + REQUEST, REQUEST.replace(b"CERTIFICATE ", b"NEW CERTIFICATE ")])
def test_other_data_is_no_request(data: bytes) -> None:
    assert request_fault(data) == "must be a PEM block of type CERTIFICATE REQUEST"


@pytest.mark.parametrize("data", [_der()[:-1], _der() + b"x", b"", b"\x30\x00"])
def test_request_is_damaged(data: bytes) -> None:
    block = _pem(data) if data else REQUEST.replace(b"MI", b"ZZ", 1)

    assert request_fault(block) == "must hold a request of PKCS #10"


def test_changed_request_is_not_signed() -> None:
    assert request_fault(_pem(_der().replace(b"shop", b"shoq"))) == "must be signed by its own key"
