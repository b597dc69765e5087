"""IP addresses and ranges, read as an API server reads them."""

from __future__ import annotations

import pytest

from kpy.syntax.addresses import (
    address_advice,
    address_fault,
    canonical_address_fault,
    canonical_range_fault,
    endpoint_address_fault,
    range_advice,
    range_fault,
    read_range,
)


@pytest.mark.parametrize("text", ["1.2.3.4", "::", "::1", "2001:DB8::1", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:1.2.3.4"])
def test_address_is_fine(text: str) -> None:
    assert address_fault(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3", "1.2.3.256", "1.2.3.4 ", "1::2::3", ":1::2", "1::2:3:4:5:6:7:8", "fe80::1%eth0", "1.2.3.4::", "a"],
)
def test_text_is_no_address(text: str) -> None:
    assert address_fault(text) == "must be an IP address"


@pytest.mark.parametrize("text", ["01.2.3.4", "1.2.3.04", "00001::", "::1.2.3.04"])
def test_leading_zeros_are_read_but_refused(text: str) -> None:
    assert address_fault(text) == "must not have leading zeros"
    assert address_fault(text, strict=False) is None


def test_mapped_address_is_read_but_refused() -> None:
    assert address_fault("::ffff:1.2.3.4") == "must not be an IPv4 address in IPv6 form"
    assert address_advice("::ffff:1.2.3.4") == "is not in a standard form; write '1.2.3.4'"


def test_canonical_form_is_asked_for_where_it_counts() -> None:
    assert canonical_address_fault("2001:DB8::1") == "must be in canonical form, '2001:db8::1'"
    assert canonical_range_fault("2001:db8:0::/32") == "must be in canonical form, '2001:db8::/32'"
    assert canonical_range_fault("10.0.0.0/8") is None


@pytest.mark.parametrize(
    "text", ["0.0.0.0", "127.1.2.3", "169.254.0.1", "224.0.0.7", "::", "::1", "fe80::1", "ff02::1"]
)
def test_nothing_can_be_sent_to_some_addresses(text: str) -> None:
    assert endpoint_address_fault(text) is not None


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/9", "::/129"])
def test_text_is_no_range(text: str) -> None:
    assert range_fault(text) == "must be a range in CIDR form, such as 10.0.0.0/8"


def test_host_bits_are_read_but_refused() -> None:
    assert range_fault("10.0.0.1/8") == "must not have bits set beyond its prefix; the range is '10.0.0.0/8'"
    assert range_advice("10.0.0.1/8") == "may mean the range '10.0.0.0/8' or the address '10.0.0.1/32'"


def test_range_contains_its_parts_only() -> None:
    whole, part, other = (read_range(text) for text in ("10.0.0.0/8", "10.1.0.0/16", "fd00::/16"))
    assert whole is not None
    assert part is not None
    assert other is not None

    assert whole.strictly_contains(part)
    assert not whole.strictly_contains(whole)
    assert not part.strictly_contains(whole)
    assert not whole.strictly_contains(other)
