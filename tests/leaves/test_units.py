"""Quantities, durations and percentages: the same texts and the same values as in Go."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.errors import UnitError
from kpy.units import (
    Percent,
    Quantity,
    format_duration,
    is_duration,
    is_percent,
    is_quantity,
    near_quantities,
    parse_duration,
    parse_int_or_percent,
    quantity_value,
    whole_seconds,
)

MOST = 2**63 - 1

# text, value, canonical text: as apimachinery's ParseQuantity and CanonicalizeBytes give them
QUANTITIES = [
    ("0", "0", "0"),
    ("0Ki", "0", "0"),
    ("1", "1", "1"),
    ("-1", "-1", "-1"),
    ("+5", "5", "5"),
    ("007", "7", "7"),
    ("0.5", "0.5", "500m"),
    ("1.5", "1.5", "1500m"),
    ("250m", "0.25", "250m"),
    ("1000m", "1", "1"),
    ("1.250", "1.25", "1250m"),
    ("5n", "0.000000005", "5n"),
    ("4u", "0.000004", "4u"),
    ("100u", "0.0001", "100u"),
    ("8k", "8000", "8k"),
    ("1000k", "1000000", "1M"),
    ("100.035k", "100035", "100035"),
    ("7.123456M", "7123456", "7123456"),
    ("6G", "6e9", "6G"),
    ("5T", "5e12", "5T"),
    ("2P", "2e15", "2P"),
    ("12E", "12e18", "12E"),
    ("1000E", "1e21", "1e21"),
    ("1Ki", "1024", "1Ki"),
    ("1024Ki", str(2**20), "1Mi"),
    ("1000Ki", "1024000", "1000Ki"),
    ("1.5Gi", str(3 * 2**29), "1536Mi"),
    ("0.5Ki", "512", "512"),
    ("0.05Gi", "53687091.2", "53687091200m"),
    ("100.035Ki", "102435.84", "102435840m"),
    ("-2Gi", str(-(2**31)), "-2Gi"),
    ("3Ei", str(3 * 2**60), "3Ei"),
    ("9Ei", str(MOST), str(MOST)),
    ("-9Ei", str(-MOST), str(-MOST)),
    ("1e3", "1000", "1e3"),
    ("1E3", "1000", "1e3"),
    ("1E", "1e18", "1E"),
    ("1.2e3", "1200", "1200"),
    ("1.3E+6", "1300000", "1300e3"),
    ("1E-3", "0.001", "1e-3"),
    ("1e14", "1e14", "100e12"),
    ("3.001n", "4e-9", "4n"),
    ("0.0000000001", "1e-9", "1n"),
    ("-0.0000000001", "-1e-9", "-1n"),
    ("1.1E-9", "2e-9", "2e-9"),
    ("0.000000000001Ki", "2e-9", "2n"),
    ("1e-1000000", "1e-9", "1e-9"),
    ("1e4294967297", "10", "10"),
    (".001", "0.001", "1m"),
    ("1.", "1", "1"),
    ("1.G", "1e9", "1G"),
    (".", "0", "0"),
    ("-", "0", "0"),
    ("m", "0", "0"),
    ("Ti", "0", "0"),
    ("e3", "0", "0"),
    (" 1Gi ", str(2**30), "1Gi"),
    ("9" * 5000, "9" * 5000, "9" * 5000),
    ("9" * 5000 + ".1234567890123", "9" * 5000 + ".123456790", "9" * 5000 + "123456790n"),
]

# Go refuses these
NO_QUANTITIES = [
    "", " ", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i", "-3.01i", "-3.01e-", "1 Gi", "1\n", "\t1", "1e",
    "1E+", "1K", "128MB", "1Kib", "0x1F", "1_000", "1,5", "--1", "1e5m", "1e9223372036854775808", "Pi", "Ei", ".Ei",
    "e-10", "٣", "NaN", "Inf", "true",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "canonical"), QUANTITIES, ids=lambda text: text[:20])
def test_quantity_is_read_and_written_as_in_go(text: str, value: str, canonical: str) -> None:
    quantity = Quantity(text)

    assert quantity.value == Decimal(value)
    assert str(quantity) == canonical
    assert quantity_value(text) == Decimal(value)
    assert is_quantity(text)
    assert Quantity(canonical) == quantity


@pytest.mark.parametrize("text", NO_QUANTITIES)
def test_text_that_go_refuses_is_no_quantity(text: str) -> None:
    assert not is_quantity(text)
    with pytest.raises(UnitError):
        quantity_value(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, True), (0.5, True), (1e300, True), (True, False), (None, False), (float("nan"), False), ([], False)],
)
def test_json_number_is_a_quantity(value: object, expected: bool) -> None:
    assert is_quantity(value) == expected


@pytest.mark.parametrize(
    ("value", "canonical"),
    [(2, "2"), (-3000, "-3k"), (0.1, "100m"), (Decimal("0.25"), "250m"), (Quantity("1Gi"), "1Gi"), (1e16, "10P")],
)
def test_quantity_of_a_number(value: int | float | Decimal | Quantity, canonical: str) -> None:
    assert str(Quantity(value)) == canonical


def test_quantities_are_equal_by_value_and_hash_alike() -> None:
    assert Quantity("1") == Quantity("1000m") == 1
    assert Quantity("1Gi") == 2**30
    assert Quantity("0.5") == Decimal("0.5")
    assert Quantity("1Gi") != Quantity("1G")
    assert Quantity("1") != "1"
    assert len({Quantity("1"), Quantity("1000m"), Quantity("1e0"), 1}) == 1


def test_quantities_are_ordered_by_value() -> None:
    texts = ["1Gi", "-1", "500m", "1G", "2", "0", "1e9"]

    assert sorted(texts, key=Quantity) == ["-1", "0", "500m", "2", "1G", "1e9", "1Gi"]
    assert Quantity("1Gi") > Quantity("1G") >= 10**9
    assert Quantity("1") <= 1


def test_arithmetic_is_exact_and_keeps_the_format_of_the_left() -> None:
    assert str(Quantity("1Gi") + Quantity("512Mi")) == "1536Mi"
    assert str(Quantity("100m") + Quantity("0.2")) == "300m"
    assert str(Quantity("0") + Quantity("1Gi")) == "1Gi"
    assert str(Quantity("0") - Quantity("1Gi")) == "-1Gi"
    assert str(Quantity("1Gi") - Quantity("1Gi")) == "0"
    assert str(Quantity("250m") * 3) == "750m"
    assert str(3 * Quantity("1Gi")) == "3Gi"
    assert str(Quantity("1Gi") * Decimal("0.5")) == "512Mi"
    assert str(Quantity("1Gi") / 4) == "256Mi"
    assert str(1 - Quantity("250m")) == "750m"
    assert str(-Quantity("1Gi")) == "-1Gi"
    assert str(abs(Quantity("-5m"))) == "5m"
    assert sum([Quantity("1Gi"), Quantity("1Gi")], Quantity(0)) == 2**31


def test_what_does_not_come_out_even_is_rounded_up_to_a_nano() -> None:
    assert str(Quantity(1) / 3) == "333333334n"
    assert str(Quantity(-1) / 3) == "-333333334n"


def test_absurd_exponents_stay_cheap() -> None:
    huge = Quantity("1e1000000000")

    assert huge > Quantity("1E")
    assert huge + 1 >= huge
    assert str(huge) == "10e999999999"


def test_quantity_rounds_up_to_whole_numbers() -> None:
    assert int(Quantity("1500m")) == 2
    assert int(Quantity("-1500m")) == -2
    assert Quantity("0.0001").ceil(-3) == 1
    assert Quantity("1.5").ceil(-3) == 1500
    assert Quantity("1500").ceil(3) == 2
    assert float(Quantity("250m")) == 0.25
    assert not Quantity("0Mi")
    assert repr(Quantity("0.5")) == "Quantity('500m')"


@given(st.integers(-(10**30), 10**30), st.sampled_from(["n", "u", "m", "", "k", "M", "E", "e-7", "e5"]))
def test_canonical_text_reads_back_equal(number: int, suffix: str) -> None:
    quantity = Quantity(f"{number}{suffix}")

    assert Quantity(str(quantity)) == quantity
    assert str(Quantity(str(quantity))) == str(quantity)


@given(st.integers(-(2**33), 2**33), st.integers(-(2**33), 2**33), st.sampled_from(["Ki", "m", "G"]))
def test_sums_and_differences_undo_each_other(left: int, right: int, suffix: str) -> None:
    first, second = Quantity(f"{left}{suffix}"), Quantity(f"{right}m")

    assert first + second - second == first
    assert -(first - second) == second - first


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("128MB", ("128M", "128Mi")),
        ("1K", ("1k", "1Ki")),
        ("1mi", ("1Mi",)),
        ("1 Gi", ("1Gi",)),
        ("1,5", ("1.5",)),
        ("2gib", ("2Gi",)),
        ("512 bytes", ("512",)),
        ("much", ()),
    ],
)
def test_near_quantities_are_those_that_were_meant(text: str, near: tuple[str, ...]) -> None:
    assert near_quantities(text) == near


EXPECTED = (
    "expected a number with at most one suffix, of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3"
)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("128MB", f"""'128MB' is not a quantity: {EXPECTED}; did you mean "128M" or "128Mi"?"""),
        ("much", f"""'much' is not a quantity: {EXPECTED}; write "250m", "1.5" or "512Mi\""""),
        (True, f"""True is not a quantity: {EXPECTED}; write "250m", "1.5" or "512Mi\""""),
        (float("inf"), f"""inf is not a quantity: {EXPECTED}; write "250m", "1.5" or "512Mi\""""),
    ],
)
def test_quantity_error_says_what_was_expected(value: str | float, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        Quantity(value)
    assert str(caught.value) == message


def test_division_by_zero_is_an_error() -> None:
    with pytest.raises(UnitError) as caught:
        Quantity("1Gi") / 0
    assert str(caught.value) == "1Gi / 0: a quantity cannot be divided by zero"


DURATIONS = [
    ("0", timedelta(), "0s"),
    ("-0", timedelta(), "0s"),
    ("1h30m", timedelta(minutes=90), "1h30m0s"),
    ("90s", timedelta(seconds=90), "1m30s"),
    ("1.5s", timedelta(seconds=1.5), "1.5s"),
    ("100ms", timedelta(milliseconds=100), "100ms"),
    ("1.5ms", timedelta(microseconds=1500), "1.5ms"),
    ("7us", timedelta(microseconds=7), "7µs"),
    ("7µs", timedelta(microseconds=7), "7µs"),
    ("7\u03bcs", timedelta(microseconds=7), "7µs"),
    ("2000ns", timedelta(microseconds=2), "2µs"),
    ("-1.5h", timedelta(hours=-1.5), "-1h30m0s"),
    ("+5s", timedelta(seconds=5), "5s"),
    (".5h", timedelta(minutes=30), "30m0s"),
    ("1.h", timedelta(hours=1), "1h0m0s"),
    ("3h1s", timedelta(hours=3, seconds=1), "3h0m1s"),
    ("0.3333333333333333333h", timedelta(minutes=20), "20m0s"),
]


@pytest.mark.parametrize(("text", "duration", "written"), DURATIONS)
def test_duration_is_read_and_written_as_in_go(text: str, duration: timedelta, written: str) -> None:
    assert is_duration(text)
    assert parse_duration(text) == duration
    assert format_duration(duration) == written


@pytest.mark.parametrize(
    "text", ["", "3", "-", "s", ".", ".s", "1d", "1h 30m", "1.5.5s", "+-5s", "1H", "9223372036854775808ns", "٣s"]
)
def test_text_that_go_refuses_is_no_duration(text: str) -> None:
    assert not is_duration(text)
    with pytest.raises(UnitError) as caught:
        parse_duration(text)
    assert str(caught.value) == (
        f'{text!r} is not a duration: expected numbers with units, of ns us ms s m h; write "90s" or "1h30m"'
    )


def test_duration_finer_than_a_timedelta_is_an_error() -> None:
    assert is_duration("1ns")
    with pytest.raises(UnitError) as caught:
        parse_duration("1ns")
    assert str(caught.value) == "'1ns' is finer than a microsecond, which Python cannot hold: write whole microseconds"


@given(st.timedeltas(min_value=timedelta(days=-100_000), max_value=timedelta(days=100_000)))
def test_written_duration_reads_back_equal(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


def test_whole_seconds() -> None:
    assert whole_seconds(timedelta(hours=1)) == 3600
    assert whole_seconds(15) == 15


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            timedelta(milliseconds=1500),
            "datetime.timedelta(seconds=1, microseconds=500000) is not a whole number of seconds: "
            "the API has no finer unit here; round it",
        ),
        (True, "True is not a duration: expected a timedelta, or a whole number of seconds"),
    ],
)
def test_seconds_error_says_what_was_expected(value: timedelta | int, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        whole_seconds(value)
    assert str(caught.value) == message


def test_percent_is_text_with_a_share() -> None:
    quarter = Percent(25)

    assert quarter == "25%" == Percent("25%")
    assert quarter.share == 25
    assert (quarter.of(10), quarter.of(10, round_up=True), Percent(100).of(7)) == (2, 3, 7)
    assert repr(quarter) == "Percent(25)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[("0%", True), ("25%", True), ("250%", True)],
        *[(value, False) for value in ("%", "25", "-5%", "2.5%", "25%\n", "٣%", "²%", "", 25)],
    ],
)
def test_percent_check_is_that_of_the_api(value: object, expected: bool) -> None:
    assert is_percent(value) == expected


@pytest.mark.parametrize("share", [-1, "25", "2.5%", True])
def test_percent_error_says_what_was_expected(share: int | str) -> None:
    with pytest.raises(UnitError) as caught:
        Percent(share)
    assert str(caught.value) == (
        f'{share!r} is not a percentage: expected a whole number from 0 up; write `Percent(25)` or "25%"'
    )


def test_int_or_percent() -> None:
    assert parse_int_or_percent(3) == 3
    share = parse_int_or_percent("30%")
    assert isinstance(share, Percent)
    assert share.share == 30


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("3", "'3' is neither a whole number nor a percentage: write 3 without quotes, or \"3%\""),
        ("some", "'some' is neither a whole number nor a percentage: write 2 or \"25%\""),
        (True, 'True is neither a whole number nor a percentage: write 2 or "25%"'),
    ],
)
def test_int_or_percent_error_says_what_was_expected(value: int | str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_int_or_percent(value)
    assert str(caught.value) == message
