"""Regular expressions with the syntax and meaning of Go: what Go 1.26 said of each is written here."""

from __future__ import annotations

import pytest

from kpy.syntax import re2

SOUND = [
    r"[\d-z]", "^*", "((a{10}){10}){10}", "a{,3}", "a{2", "a{02}", r"\12", r"\08", r"\x{10FFFF}", r"\_",
    r"\PL\p{^Lu}\p{Letter}\p{lu}", "(?P<n>a)(?P<n>b)", "(?<n>a)", "(?i-s:a)", "(?)", r"\Qa(\E", r"\Qa(", "a*(?i)*",
    r"a*\Q\E*", r"\z\A\b\B", r"\<",
]  # fmt: skip
FAULTY = [
    ("a(", "missing closing ): `a(`"),
    ("a)", "unexpected ): `a)`"),
    ("(a|b", "missing closing ): `(a|b`"),
    ("[a", "missing closing ]: `[a`"),
    ("[", "missing closing ]: `[`"),
    ("[]a", "missing closing ]: `[]a`"),
    ("[^]", "missing closing ]: `[^]`"),
    ("[b-a]", "invalid character class range: `b-a`"),
    (r"[a-\d]", r"invalid escape sequence: `\d`"),
    ("[[:name:]]", "invalid character class range: `[:name:]`"),
    ("[[:^name:]]", "invalid character class range: `[:^name:]`"),
    ("a**", "invalid nested repetition operator: `**`"),
    ("a*?+", "invalid nested repetition operator: `*?+`"),
    ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
    ("*", "missing argument to repetition operator: `*`"),
    ("a|+", "missing argument to repetition operator: `+`"),
    ("(?:*)", "missing argument to repetition operator: `*`"),
    ("(*a)", "missing argument to repetition operator: `*`"),
    ("a{1001}", "invalid repeat count: `{1001}`"),
    ("a{3,2}", "invalid repeat count: `{3,2}`"),
    ("a{2,1001}", "invalid repeat count: `{2,1001}`"),
    ("(a{100}){11}", "invalid repeat count: `{11}`"),
    ("a{99999999999}", "invalid repeat count: `{99999999999}`"),
    ("a\\", "trailing backslash at end of expression: ``"),
    (r"\y", r"invalid escape sequence: `\y`"),
    (r"\8", r"invalid escape sequence: `\8`"),
    (r"(a)\1", r"invalid escape sequence: `\1`"),
    (r"\x4", r"invalid escape sequence: `\x4`"),
    (r"\x4g", r"invalid escape sequence: `\x4g`"),
    (r"\x{}", r"invalid escape sequence: `\x{}`"),
    (r"\x{110000}", r"invalid escape sequence: `\x{110000`"),
    (r"\x{41", r"invalid escape sequence: `\x{41`"),
    (r"\é", r"invalid escape sequence: `\é`"),
    (r"\C", r"invalid escape sequence: `\C`"),
    (r"\pX", r"invalid character class range: `\pX`"),
    (r"\p{Greek", r"invalid character class range: `\p{Greek`"),
    (r"\p{Klingon}", r"invalid character class range: `\p{Klingon}`"),
    (r"\p", r"invalid character class range: `\p`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
    ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
    ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
    ("(?<!a)b", "invalid named capture: `(?<!a)b`"),
    ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
    ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
    ("(?P<n-m>a)", "invalid named capture: `(?P<n-m>`"),
    ("(?P<n", "invalid named capture: `(?P<n`"),
    ("(?P<>a)", "invalid named capture: `(?P<>`"),
    ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
    ("(?-)", "invalid or unsupported Perl syntax: `(?-)`"),
    ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
    ("(?--i)", "invalid or unsupported Perl syntax: `(?--`"),
    ("(?x)a", "invalid or unsupported Perl syntax: `(?x`"),
    ("(?#a)", "invalid or unsupported Perl syntax: `(?#`"),
    (r"\Z", r"invalid escape sequence: `\Z`"),
    (r"\G", r"invalid escape sequence: `\G`"),
    (r"(?i)\Kx", r"invalid escape sequence: `\K`"),
]


@pytest.mark.parametrize("pattern", SOUND)
def test_pattern_is_taken(pattern: str) -> None:
    re2.compile(pattern)


@pytest.mark.parametrize(("pattern", "fault"), FAULTY)
def test_pattern_is_refused_in_the_words_of_go(pattern: str, fault: str) -> None:
    with pytest.raises(re2.PatternError) as caught:
        re2.compile(pattern)

    assert str(caught.value) == fault


def test_thousand_levels_are_taken_and_one_more_is_not() -> None:
    assert re2.compile("(" * 999 + "a" + ")" * 999).search("a")
    with pytest.raises(re2.PatternError, match=r"^expression nests too deeply: "):
        re2.compile("(" * 1000 + "a" + ")" * 1000)


def test_pattern_that_would_unroll_to_too_much_is_refused() -> None:
    with pytest.raises(re2.PatternError, match=r"^expression too large: "):
        re2.compile("(?:a{1000})" * 4000)


def test_summary_cuts_what_is_long_and_says_that_there_is_no_look_around() -> None:
    with pytest.raises(re2.PatternError) as missing:
        re2.compile("(" + "a" * 100)
    with pytest.raises(re2.PatternError) as behind:
        re2.compile("(?<!a)b")

    assert missing.value.summary == "missing closing ): '(" + "a" * 56 + "...'"
    assert behind.value.summary == "invalid named capture: '(?<!a)b' (RE2 has no look-ahead and no look-behind)"


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("b", "abc", "ac"),
        ("^b$", "b", "b\n"),
        (r"^a\z", "a", "a\n"),
        ("a.c", "abc", "a\nc"),
        ("(?s)a.c", "a\nc", "ac"),
        ("(?m)^b$", "a\nb\nc", "ab\nc"),
        ("(?m)a$", "a\nb", "ab"),
        (r"\bcat\b", "a cat sat", "concat"),
        (r"\Bcat", "concat", "a cat"),
        (r"\bé", "aé", "é"),
        ("^[[:alpha:]]+$", "abC", "a1"),
        ("^[^[:space:][:punct:]]+$", "a1", "a!"),
        ("^[[:^digit:]]$", "a", "1"),
        ("(?i)^abc$", "ABC", "ab"),
        ("(?i)^k$", "\u212a", "x"),
        ("(?i)^[^k]$", "l", "\u212a"),
        (r"(?i)^\w$", "\u017f", "é"),
        (r"^\w$", "s", "\u017f"),
        ("^a(?i)b|c$", "aB", "C\n"),
        ("^(?i:a)b$", "Ab", "AB"),
        ("^((?i)a|b)$", "B", "c"),
        (r"^\Qa.b\E$", "a.b", "axb"),
        (r"^a\sb$", "a b", "a\vb"),
        (r"^\d+$", "12", "٣"),
        (r"^\pN$", "٣", "a"),
        (r"^\p{Greek}+$", "αβ", "ab"),
        (r"^[\p{^Lu}x]$", "a", "A"),
        (r"^[^\pL\d]+$", "-_", "é"),
        ("^a{,3}$", "a{,3}", "aa"),
        ("^a{2,3}$", "aaa", "aaaa"),
        ("^a{2,}$", "aaaa", "a"),
        ("^(?:a{2}){2}$", "aaaa", "aaa"),
        ("^(?:(?:ab?){2,3}c){2}$", "aabcababac", "aabcac"),
        ("^(?:a|b{2}){3}$", "abba", "aba"),
        ("^(?:a*){2,}b$", "aaab", "aaa"),
        ("^a{0}$", "", "a"),
        (r"^\x{41}[\x{42}\s]$", "AB", "AC"),
        (r"^\(a\)[a&&b\]-]$", "(a)&", "(a)c"),
        ("^.$", "\U0001f600", "ab"),
        ("^[\U0001f600-\U0001f610]$", "\U0001f601", "\U0001f611"),
    ],
)
def test_search(pattern: str, good: str, bad: str) -> None:
    compiled = re2.compile(pattern)

    assert (compiled.search(good), compiled.search(bad)) == (True, False)


def test_lone_surrogate_counts_as_the_replacement_that_a_server_reads() -> None:
    assert re2.compile("^\ufffd$").search("\ud800")
    assert re2.compile("^\udfff$").search("\ufffd")
    assert re2.compile("^.$").search("\ud800")
    assert not re2.compile(r"^[\x{D800}-\x{DFFF}]$").search("\ud800")
    assert re2.compile("b").find("\ud800b") == (1, 2)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 5000 + "!"),
        ("^([a-zA-Z0-9]+-?)*$", "a" * 5000 + "!"),
        ("^(.*a){20}$", "a" * 5000 + "!"),
        ("(a*)*(b*)*(a*)*c", "a" * 5000),
        ("^((((a+)+)+)+)+$", "a" * 5000 + "!"),
        ("(?:a?){500}a{500}", "a" * 499),
        ("(a|b)*a(a|b){300}c", "abbaababbb" * 1000),
        (r"(?m)^(a|b)*a(a|b){100}\bc$", "abbaababbb" * 1000),
    ],
)
def test_what_keeps_backtracking_busy_for_years_is_answered_at_once(pattern: str, text: str) -> None:
    """Python's `re` needs ages for each: that this test ends is what it shows."""
    assert not re2.compile(pattern).search(text)


def test_what_is_kept_of_a_pattern_is_bounded() -> None:
    """Every text asks for states of its own: there are two to the power of eighteen."""
    pattern = re2.Pattern("(?:a|b)*a(?:a|b){18}c")
    texts = [format(number * 7919, "024b").replace("0", "a").replace("1", "b") for number in range(1500)]

    assert not any(map(pattern.search, texts))
    assert pattern.search("a" * 30 + "c")
    assert pattern.kept < 20_000


@pytest.mark.parametrize(
    ("pattern", "text", "spans"),
    [
        ("a+", "baac", [(1, 3)]),
        ("a+?", "baac", [(1, 2), (2, 3)]),
        ("(?U)a+", "baac", [(1, 2), (2, 3)]),
        ("a|ab", "ab", [(0, 1)]),
        ("ab|a", "ab", [(0, 2)]),
        ("a*", "baac", [(0, 0), (1, 3), (4, 4)]),
        ("", "ab", [(0, 0), (1, 1), (2, 2)]),
        ("(|a)*", "aa", [(0, 0), (1, 1), (2, 2)]),
        ("(a|ab)(c|bcd)(d*)", "abcd", [(0, 4)]),
        ("x{2,3}", "xxxxx", [(0, 3), (3, 5)]),
        ("x{2,3}?", "xxxxx", [(0, 2), (2, 4)]),
        (r"\b", "ab c", [(0, 0), (2, 2), (3, 3), (4, 4)]),
        ("b", "aaa", []),
    ],
)
def test_spans_are_those_of_go(pattern: str, text: str, spans: list[tuple[int, int]]) -> None:
    compiled = re2.compile(pattern)

    assert list(compiled.find_all(text)) == spans
    assert compiled.find(text) == (spans[0] if spans else None)


def test_category_names_are_read_as_go_reads_them() -> None:
    assert re2.compile(r"^\p{uppercase_letter}\p{lu}\p{LC}\p{Any}\p{ASCII}$").search("ABCDE")
    assert re2.compile(r"^\p{Old_Italic}\p{SignWriting}$").search("\U00010300\U0001d800")
    with pytest.raises(re2.PatternError):
        re2.compile(r"\p{Version}")
