"""E-mail and web addresses: syntax only, nothing that runs, and never analysed."""

import pytest

from tests.support.asked import Asked

EMAIL = Asked("email", {})
URL = Asked("url", {})
HOST = "a" * 63 + "." + "b" * 63 + "." + "c" * 50 + ".org"


pytestmark = pytest.mark.usefixtures("page")


@pytest.mark.parametrize(
    "typed",
    [
        "name@example.org",
        "first.last+tag@sub.example.co.uk",
        "o'brien@example.org",
        "x@xn--mgba3a4f16a.xn--p1ai",
        "مستخدم@مثال.شبكة",
        "उदाहरण@परीक्षा.भारत",
        "名前@例え.テスト",
        "_@a-b.example",
        "a" * 64 + "@example.org",
        "a" * 63 + "@" + HOST,
    ],
)
def test_addresses_of_any_script_are_taken_as_they_are(typed):
    sent = EMAIL.send({"": typed})
    assert (sent.answer, sent.problems) == ({"state": "answered", "value": typed}, {})
    assert EMAIL.back(sent.answer) == sent.answer
    assert EMAIL.page(sent.answer) == {"": typed}


@pytest.mark.parametrize(
    "typed",
    [
        "name",
        "name@",
        "@example.org",
        "name@localhost",
        "name@example",
        "name@.org",
        "name@example.",
        "name@example..org",
        "name@-example.org",
        "name@example-.org",
        "name@127.0.0.1",
        "name@[127.0.0.1]",
        ".name@example.org",
        "name.@example.org",
        "na..me@example.org",
        "na me@example.org",
        "name@exam ple.org",
        "a@b@example.org",
        "name@example.org,other@example.org",
        "Name <name@example.org>",
        "name@example.org\nBcc: other@example.org",
        "na\x00me@example.org",
        "name@exa\x00mple.org",
        "na\x7fme@example.org",
        "na\ud800me@example.org",
        "name@exam\udfffple.org",
        "na\u2028me@example.org",
        "na\ue000me@example.org",
        "é" * 33 + "@example.org",
        "a" * 65 + "@example.org",
        "a" * 64 + "@" + HOST + "x" * 10,
        "a@" + "b." * 500_000 + "org",
        "@" * 1_000_000,
        "x" * 1_000_000,
    ],
)
def test_what_is_no_address_is_refused_and_not_kept_at_length(typed):
    sent = EMAIL.send({"": typed})
    assert set(sent.problems) == {""}
    assert len(sent.value) <= 255


def test_marks_of_direction_that_came_with_a_copy_are_dropped():
    assert EMAIL.send({"": " \u200ename@example.org\u200f\n"}).value == "name@example.org"
    assert URL.send({"": "\u2066https://example.org/\u2069"}).value == "https://example.org/"


@pytest.mark.parametrize(
    "typed",
    [
        "https://example.org",
        "http://example.org/page?x=1&y=2#part",
        "HTTPS://Example.Org/",
        "https://example.org:8443/",
        "https://my_site.example.org/",
        "https://مثال.شبكة/صفحة",
        "https://उदाहरण.भारत/",
        "https://example.org/%D8%B5?q=a%20b",
        "https://example.org/" + "x" * 1_980,
    ],
)
def test_pages_of_the_web_are_taken_as_they_are(typed):
    sent = URL.send({"": typed})
    assert (sent.answer, sent.problems) == ({"state": "answered", "value": typed}, {})
    assert URL.back(sent.answer) == sent.answer


def test_an_address_as_it_stands_on_a_poster_is_completed():
    assert URL.send({"": "example.org/page?x=1"}).value == "https://example.org/page?x=1"
    assert URL.send({"": "two words.org"}).value == "two words.org"


@pytest.mark.parametrize(
    "typed",
    [
        "example",
        "//example.org",
        "javascript:alert(1)",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "ftp://example.org/",
        "file:///etc/passwd",
        "mailto:name@example.org",
        "https:example.org",
        "https://",
        "https:///path",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::1",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://example.org:x/",
        "https://user:secret@example.org/",
        "https://example.org@evil.example/",
        "https://exa mple.org/",
        "https://example.org/a b",
        'https://example.org/"onload=',
        "https://example.org/<b>",
        "https://example.org\\@evil.example/",
        "https://example.org/\x00",
        "https://example.org/\ud800",
        "https://example.org/" + "x" * 1_981,
        "https://" + "a" * 1_000_000,
    ],
)
def test_what_is_no_page_of_the_web_is_refused_and_not_kept_at_length(typed):
    sent = URL.send({"": typed})
    assert set(sent.problems) == {""}
    assert len(sent.value) <= 2_001


@pytest.mark.parametrize("asked", [EMAIL, URL], ids=["email", "url"])
@pytest.mark.parametrize("value", [5, None, True, ["name@example.org"], {"a": "b"}])
def test_an_answer_that_is_no_text_is_refused(asked, value):
    assert asked.imported({"state": "answered", "value": value}) != []


@pytest.mark.parametrize("asked", [EMAIL, URL], ids=["email", "url"])
def test_who_somebody_is_is_never_analysed(asked):
    assert asked.type.measures(asked.stored) == ()


@pytest.mark.parametrize("asked", [EMAIL, URL], ids=["email", "url"])
def test_nothing_typed_is_no_answer(asked):
    for typed in ("", "   ", "\u200e"):
        assert asked.send({"": typed}).answer == {"state": "skipped", "value": None}
    required = Asked(asked.kind, {}, required=True)
    assert required.send({"": " "}).problems == {"": "Write an answer."}
