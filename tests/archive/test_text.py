from __future__ import annotations

import re
import time
import unicodedata
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.archive import text as text_module
from indexer.archive.markdown import read_markdown
from indexer.archive.read import read_bytes
from indexer.archive.records import FileError
from indexer.archive.text import decode, plain_text
from tests.archive.helpers import NOW, SETTINGS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  two\n words\u00a0here ", "two words here"),
        ("a < b and x<y, I <3 it", "a < b and x<y, I <3 it"),
        ("List<string> of C<T>", "List<string> of C<T>"),
        ("R&D, AT&T, ?a=1&copy=2, &unknown;", "R&D, AT&T, ?a=1&copy=2, &unknown;"),
        ("&amp;amp; &amp;#39; &nbsp;x &hellip;", "& ' x …"),
        ("&#0;&#xD800;&#99999999;", "\ufffd\ufffd&#99999999;"),
        ("<p>one</p><p>two</p>three<b>four</b>", "one two threefour"),
        ("<script>var a = '<b>';</script>text<STYLE type=x>b{}</Style >", "text"),
        ("how the <script> tag works", "how the tag works"),
        ("before<!-- a <b>comment</b> -->after", "beforeafter"),
        ("an <!-- unclosed <i>comment</i>", "an unclosed comment"),
        ('<a title="x > y">link</a>', "link"),
        ("<![CDATA[text]]>", "text"),
        ('cut off <a href="https://a.exa', "cut off"),
        ("a <i", "a <i"),
        ("a<b then c>d, i<s && t>u", "a<b then c>d, i<s && t>u"),
        ("if a <b and c=d", "if a <b and c=d"),
        ("a <p = 3", "a <p = 3"),
        ("<td nowrap valign=top>a</td><br clear=all /><p lang='en' x>b", "a b"),
        ("cut off <a href=https://a.exa", "cut off"),
        ("write to <tips@post.example>", "write to <tips@post.example>"),
        ("", ""),
    ],
)
def test_plain_text(value: str, text: str) -> None:
    assert plain_text(value) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (" \n", ""),
        ("# *H*\n\nA [link](/x 'T'), ![picture](i.png)\nNext\\\nline", "H|A link, picture Next line"),
        ("See <https://x.example/y> there", "See https://x.example/y there"),
        ("<tips@post.example>, <mailto:a@b.example>", "tips@post.example, mailto:a@b.example"),
        ("a<b then c>d", "a<b then c>d"),
        ("<p>a<b then c>d</p>", "a<b then c>d"),
        ("Ver&shy;kehr an&#173;d auf&zwnj;lage", "Ver\u00adkehr an\u00add auf\u200clage"),
        ("- one\n- two\n\n> said", "one|two|said"),
        ("```py\nx = List<b>\n```\n\n    code &amp;\n\nand `a<i>`", "x = List<b>|code &amp;|and a<i>"),
        ("<p>One &lt;b&gt; two&nbsp;</p>\n<p>Three</p>", "One <b> two|Three"),
        ("a\n\n<script>\nx()\n\ny()\n</script>\n\nb", "a|b"),
        ("in <b>line</b> &amp; a < b \\<i>", "in line & a < b <i>"),
        ("{% include x %}\nText {{ page.x }} here\n{: .class}\n{{< figure src=x >}}\nend", "Text here|end"),
        ("| a | b |\n|---|---|\n| c | ~~d~~ |", "a b|c d"),
        ("Cafe\u0301", "Café"),
    ],
)  # fmt: skip
def test_markdown_text(body: str, text: str) -> None:
    assert read_markdown(body).text().split("\n\n") == text.split("|")


def test_a_long_body_is_read_in_pieces() -> None:
    body = "A paragraph of words.\n\n" * 10_000
    assert read_markdown(body).text().split("\n\n") == ["A paragraph of words."] * 10_000
    assert len(read_markdown("x" * 250_000).text().replace("\n", "")) == 250_000


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", '<a "', "<style><b>", "<!--<b>x-->", "&amp", "<a =", "{{", "<![CDATA[", "</"]
)
def test_no_text_takes_quadratic_time(piece: str) -> None:
    start = time.process_time()
    plain_text(piece * 100_000)
    plain_text("<a " + piece[-1] * 300_000 + "<")
    assert time.process_time() - start < 5  # quadratic would be minutes


@pytest.mark.parametrize("body", ["![a" * 3000 + "](b)" * 3000, "> " * 3000 + "a", "*a" * 3000 + "a*" * 3000])
def test_no_nesting_overflows(body: str) -> None:
    assert isinstance(read_markdown(body).text(), str)


ODD_TEXT = st.text(
    alphabet="ab \t\n\r\x00\x1f\x7f\x80\x85\x9f\u00a0\u00c2\u2027\u2028\u2029\u3000\ufeff\ufffd\ufffe\uffffe\u0301é语😀"
)


@given(
    st.one_of(
        ODD_TEXT.map(lambda text: text.encode("utf-8")),
        st.binary(max_size=20),
        ODD_TEXT.map(lambda t: t.encode("utf-16")),
    )
)
@example("a\u00c2".encode() + b"\x85")
@example("\ufeffa".encode())
@example("\ud800".encode("utf-8", "surrogatepass"))
def test_a_file_that_needs_no_mending_is_decoded_as_one_that_might(data: bytes) -> None:
    quick = decoded(data)
    with patch.object(text_module, "_SUSPECT", re.compile(b"")):  # suspects all
        assert quick == decoded(data)


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return what `decode` returns, or why it does not, and what it reports."""
    reported: list[str] = []
    try:
        return decode(data, lambda *notice: reported.extend(notice)), reported
    except FileError as error:
        return error.reason, []


@given(ODD_TEXT)
@example(" a")
@example("a ")
@example("a  b")
def test_a_text_is_tidied_as_if_nothing_were_known_of_it(text: str) -> None:
    kept = "".join(letter for letter in text if not text_module._CONTROL.match(letter))
    assert plain_text(text) == unicodedata.normalize("NFC", " ".join(kept.split()))


TEXTS = {
    "English": "---\ntitle: The ferry\n---\nThe ferry came late to the harbour. \U0001f6a2\n",
    "Chinese": "渡轮很晚才到港口。",
    "Japanese": "フェリーは遅れて港に着いた。\nみんな待っていた。",
    "Thai": "เรือข้ามฟากมาถึงท่าเรือช้า",
    "Korean": "여객선이 항구에 늦게 도착했다.",
    "Icons": "Home \ue001, back \ue002, on \ue003",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_text_of_any_language_is_read(text: str, encoding: str) -> None:
    assert decoded(("\ufeff" + text).encode(encoding)) == (text, [])


JUNK = {
    "UTF-16's mark and random bytes": b"\xff\xfe" + Random(1).randbytes(400),
    "the other mark": b"\xfe\xff" + Random(2).randbytes(4001),
    "all bytes in order": b"\xff\xfe" + bytes(range(256)),
    "nothing but control characters": b"\xff\xfe\x00\x01\x02",
    "random bytes": Random(3).randbytes(4000),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\2\0\0\0\x90\x91h6",
    "UTF-16 without its mark": "The ferry came late.".encode("utf-16-le"),
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("data", JUNK.values(), ids=JUNK)
def test_what_is_no_text_is_rejected(data: bytes) -> None:
    record = read_bytes("a.md", data, SETTINGS, now=NOW)
    assert record.rejection
    assert record.rejection.reason.startswith("it is not text: ")


@given(st.integers(0, 1_000_000), st.sampled_from([b"\xff\xfe", b"\xfe\xff"]), st.integers(300, 3000))
def test_random_bytes_behind_a_mark_of_utf16_are_no_text(seed: int, mark: bytes, size: int) -> None:
    reason, _ = decoded(mark + Random(seed).randbytes(size))
    assert reason.startswith("it is not text: it begins like UTF-16, but ")
