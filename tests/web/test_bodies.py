"""Bodies as pages show them: with all that their authors wrote, and nothing that a stranger should not write."""

from __future__ import annotations

import html
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import open_archive, reindex
from indexer.archive.body_html import cleaned_html
from indexer.archive.html_page import read_html
from indexer.archive.markdown import MDX, read_markdown
from indexer.article import Article
from indexer.query.answers.results import Highlighted
from search_web import create_app
from search_web.bodies import PREFIX, shown_body
from tests.archives import drawn, settings_for, write
from tests.web.page import Page

MARKDOWN, HTML = "markdown", "html"
URL = "https://post.example/2020/06/ferry/"


def shown(
    text: str, form: str = MARKDOWN, *, url: str | None = URL, images: bool = True, mark: str = ""
) -> str:
    """Return the HTML of a body; what the pattern `mark` finds in its text is marked."""

    def marks(plain: str) -> Highlighted:
        found = re.finditer(mark, plain) if mark else ()
        return Highlighted(plain, tuple(match.span() for match in found if match[0]))

    read = read_markdown(text)
    body = cleaned_html(text) if form == HTML else read.html
    article = Article("a", "The ferry", url=url, body=read.text("The ferry"), body_html=body)
    return str(shown_body(article, images=images, mark=marks))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("**bold** *leaning* `code`", "<p><strong>bold</strong> <em>leaning</em> <code>code</code></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("```py\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>'),
        ("~~gone~~", "<p><s>gone</s></p>"),
        (
            "A claim[^a], more[^b][^a] `[^a]`[^none].\n\n[^b]: *Two*\n[^a]: One & all",
            '<p>A claim<sup id="body-fnref-1"><a href="#body-fn-1" rel="nofollow noopener">1</a></sup>, '
            'more<sup id="body-fnref-2"><a href="#body-fn-2" rel="nofollow noopener">2</a></sup>'
            '<sup><a href="#body-fn-1" rel="nofollow noopener">1</a></sup> <code>[^a]</code>.</p>\n'
            '<p><sup id="body-fn-2"><a href="#body-fnref-2" rel="nofollow noopener">2</a></sup> <em>Two</em></p>\n'
            '<p><sup id="body-fn-1"><a href="#body-fnref-1" rel="nofollow noopener">1</a></sup> One &amp; all</p>',
        ),
        # What is hidden of templates is hidden here as well; in code it is text.
        ("{% include x %}\n\nsee [[Boats|the boats]]", "<p>see the boats</p>"),
        ("`{{ page }}` and {{ page }}", "<p><code>{{ page }}</code> and </p>"),
        ("<code>{{ a }}</code>", "<p><code>{{ a }}</code></p>"),
        ("<pre>{{< a >}}</pre>", '<pre tabindex="0">{{&lt; a &gt;}}</pre>'),
        # The title is on the page already.
        ("# The *ferry*\n\nIt is late.", "<p>It is late.</p>"),
        ("# Late\n\nIt is.", '<h2 id="body-late">Late</h2>\n<p>It is.</p>'),
        ("[there](#late)", '<p><a href="#body-late" rel="nofollow noopener">there</a></p>'),
        ("<h3 id=x>A</h3><h1>B</h1>", '<h2 id="body-x">A</h2><h2>B</h2>'),
        ("<script>hurt()</script>quiet<style>x</style>", "quiet"),
        ("<form><input value=x><button>Send</button></form>", "Send"),
    ],
)
def test_a_body_is_shown_as_it_was_written(text: str, wanted: str) -> None:
    assert shown(text) == wanted


def test_a_table_can_be_scrolled_by_keyboard() -> None:
    text = shown("| a | b |\n|---|--:|\n| 1 | 2 |")
    page = Page(text)
    assert page.faults == []
    assert page.tags[0] == (
        "div", {"class": "scrolled", "role": "group", "aria-label": "Table", "tabindex": "0"},
    )  # fmt: skip
    assert page.all("td", class_="right") or 'class="right"' in text


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("https://other.example/a?b=c", "https://other.example/a?b=c"),
        ("../../07/strike", "https://post.example/2020/07/strike"),
        ("/news", "https://post.example/news"),
        ("//other.example/x", "https://other.example/x"),
        ("photo.jpg", "https://post.example/2020/06/ferry/photo.jpg"),
        ("javascript:hurt()", None),
        ("JaVa&#x09;script:hurt()", None),
        ("data:text/html,x", None),
        ("mailto:a@post.example", None),
        ("https://post.example@evil.example/", None),
        ("https://post.example&#92;@evil.example/", None),
        ("http://[", None),
        ("https:///", None),
    ],
)
def test_links_and_pictures_lead_to_pages_alone(address: str, wanted: str | None) -> None:
    for form in (MARKDOWN, HTML):
        page = Page(shown(f"<a href='{address}'>x</a><img src='{address}' alt='y'>", form))
        assert [given.get("href") for given in page.all("a")] == [wanted]
        assert [given["src"] for given in page.all("img")] == ([wanted] if wanted else [])


def test_what_is_relative_to_an_unknown_address_is_no_link() -> None:
    for url in (None, "/2020/06/ferry/", "javascript:x"):
        assert shown("[there](/news)", url=url) == '<p><a rel="nofollow noopener">there</a></p>'


def test_without_images_a_picture_is_a_link() -> None:
    text = "![A boat](/boat.jpg) [![](/small.jpg)](/large) ![Nowhere](mailto:x)"
    assert shown(text, images=False) == (
        '<p><a href="https://post.example/boat.jpg" rel="nofollow noopener">A boat</a> '
        '<a href="https://post.example/large" rel="nofollow noopener">post.example</a> Nowhere</p>'
    )
    page = Page(shown(text))
    assert [given["alt"] for given in page.all("img")] == ["A boat", ""]
    assert {given["referrerpolicy"] for given in page.all("img")} == {"no-referrer"}


@pytest.mark.parametrize(
    ("text", "mark", "wanted"),
    [
        ("a *long* way", "long", "<p>a <em><mark>long</mark></em> way</p>"),
        ("a *lo*ng way", "long way", "<p>a <em><mark>lo</mark></em><mark>ng way</mark></p>"),
        ("R&D [x](https://a.example/x?R&D)", "D",
         '<p>R&amp;<mark>D</mark> <a href="https://a.example/x?R&amp;D" rel="nofollow noopener">x</a></p>'),
        ("ferry[^1] late\n\n[^1]: x", r"ferry\b",
         '<p><mark>ferry</mark><sup id="body-fnref-1"><a href="#body-fn-1" rel="nofollow noopener">1</a></sup> late</p>'
         '\n<p><sup id="body-fn-1"><a href="#body-fnref-1" rel="nofollow noopener">1</a></sup> x</p>'),
        ("one\n\ntwo", "one\\s+two", "<p><mark>one</mark></p>\n<p><mark>two</mark></p>"),
    ],
)  # fmt: skip
def test_marks_are_within_the_markup(text: str, mark: str, wanted: str) -> None:
    assert shown(text, mark=mark) == wanted


def test_a_body_without_markup_is_its_paragraphs() -> None:
    article = Article("a", "T", body="R&D <b>\n\nthe end")
    marked = shown_body(article, images=True, mark=lambda text: Highlighted(text, ((1, 4),)))
    assert marked == "<p><mark>R&amp;D</mark> &lt;b&gt;</p>\n<p>the end</p>"
    assert shown_body(Article("a", "T"), images=True) == ""


def test_html_is_stored_where_it_says_more_than_the_text() -> None:
    assert read_markdown("One line\nand another.\n\nThe end & all.").html == ""
    for text in ("# A", "- item", "a **b**", "[a](b)", "a <b>c</b>", "```\na\n```", "![](x.png)", "a\\\nb"):
        assert read_markdown(text).html.startswith("<")
    assert (
        read_markdown("import A from 'a'\n\n<A title='x'>**b**</A>", MDX).html
        == "<p>x <strong>b</strong></p>"
    )
    page = (
        "<html><head><title>x</title></head><body><nav>no</nav><article><h1>Yes</h1></article></body></html>"
    )
    assert read_html(page)[1].html == "<h1>Yes</h1>"


@pytest.mark.parametrize(
    "text",
    [
        "**a** <!-- secret -->",
        "**a**\n\n<!--\nsecret\n-->",
        "**a** {% comment %}secret{% endcomment %}",
        "**a** <script>secret</script>",
        "**a**\n\n<style>secret</style>",
        "**a** <meta name=secured content=secret>",
        "**a** <b data-x=secret title=secret style='x:secret'>b</b>",
        "**a** [x](/{{ secret }}/)",
        "```secret\ncode\n```",
    ],
)
def test_what_no_reader_sees_is_not_stored(text: str) -> None:
    assert "secret" not in read_markdown(text).html
    if "<" in text:
        assert "secret" not in cleaned_html(text)


# What bodies are drawn from: markup, half of it broken, and what attacks are made of.
PIECES = st.sampled_from(
    [
        "<", ">", "</", "/>", "\"", "'", "`", "=", " ", "\n", "\n\n", "&", "&lt;", "&#x3c;", "&quot;", "\\", "[", "](", ")", "![",
        "<a href=", "<img src=", " onerror=hurt() ", " onclick='hurt()' ", "javascript:hurt()", "java\tscript:", "data:text/html,",
        "https://a.example/", "https://a@b.example", "//b", "#x", "id=x", "class=y", "style='x:y'", "<script>", "</script>", "<svg>",
        "<math>", "<style>", "<table>", "<td>", "<tr>", "<h1>", "</h1>", "<h5>", "<p>", "<b>", "</b>", "<i>", "</i>", "<div>", "</div>",
        "<li>", "<ul>", "<pre>", "<code>", "</code>", "</pre>", "<!--", "-->", "<![CDATA[", "]]>", "<textarea>", "<iframe srcdoc=", "<form>",
        "<base href=//evil>", "<meta http-equiv=refresh>", "<noscript>", "<template>", "<mark>", "<title>", "</title>", "{{ x }}", "{% raw %}",
        "[[a|b]]", "| a | b |\n|---|---|\n| c | d |", "# Head\n", "- item\n", "**", "~~~\n", "a", "ferry", "b", "é", "\u202e", "\ue1000\ue101", "\0",
    ]
)  # fmt: skip
BODIES = st.lists(PIECES, max_size=25).map("".join)
SAFE = {
    "href", "src", "alt", "width", "height", "start", "colspan", "rowspan", "rel", "id", "dir", "class", "role",
    "aria-label", "tabindex", "loading", "decoding", "referrerpolicy",
}  # fmt: skip


@drawn(400)
@given(
    BODIES,
    st.sampled_from([MARKDOWN, HTML]),
    st.booleans(),
    st.sampled_from(["", "a", "[a-z]+", "(?s).+", "\\s"]),
)
def test_no_body_runs_anything(text: str, form: str, images: bool, mark: str) -> None:
    result = shown(text, form, images=images, mark=mark)
    page = Page(result)
    assert page.faults == []
    for tag, given_attributes in page.tags:
        assert tag in nh3.ALLOWED_TAGS | {"section", "main", "mark", "tt", "address", "tfoot", "s"}, tag
        assert tag not in (
            "script",
            "style",
            "iframe",
            "form",
            "input",
            "object",
            "svg",
            "math",
            "base",
            "meta",
        )
        assert set(given_attributes) <= SAFE
        for name in ("href", "src"):
            address = given_attributes.get(name, "https://a.example")
            assert address.startswith(f"#{PREFIX}") or urlsplit(address).scheme in ("http", "https")
            assert "@" not in urlsplit(address).netloc
            assert "\\" not in address
        assert given_attributes.get("id", PREFIX).startswith(PREFIX)
        if tag == "a":
            assert given_attributes["rel"] == "nofollow noopener"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert all(2 <= level <= before + 1 for before, level in itertools.pairwise([1, *levels]))
    assert images or not page.all("img")
    # Marks change nothing else, and another reader of HTML reads the same of it.
    assert re.sub("</?mark>", "", result) == shown(text, form, images=images)
    assert not mark or all(text.strip("\n") for text in re.findall("<mark>(.*?)</mark>", result))
    again = nh3.clean(
        result,
        attributes={"*": SAFE - {"rel"}},
        link_rel="nofollow noopener",
        tags=nh3.ALLOWED_TAGS | {"main", "section", "tt", "mark", "address", "tfoot", "s"},
    )
    assert Text(again).text == Text(result).text


class Text(HTMLParser):
    """Gathers the text of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_and_the_api_show_the_body(tmp_path: Path) -> None:
    given_settings = settings_for(tmp_path)
    body = "# The ferry\n\n## Times\n\nSee [the *board*](/times).\n\n<script>hurt()</script>\n\nsecured: c2VhbGVk"
    write(given_settings.archive.path, "1.md", body, title="The ferry", url=URL, secured="c2VhbGVk;aXY=")
    write(given_settings.archive.path, "2.html", "", title="x").write_text(
        "<html><head><title>A page</title></head><body><nav>menu</nav><h1>A page</h1><p>of <b>HTML</b></p></body></html>"
    )
    write(given_settings.archive.path, "3.rst", "", title="x").write_text("A text\n======\n\n*Of* lines.\n")
    reindex(given_settings)
    client = create_app(given_settings).test_client()
    with open_archive(given_settings) as archive:
        keys = {hit.article.title: hit.article.id for hit in archive.search("")}
    wanted = {
        "The ferry": (
            '<h2 id="body-times">Times</h2>\n<p>See <a href="https://post.example/times" rel="nofollow noopener">'
            "the <em>board</em></a>.</p>"
        ),
        "A page": "<p>of <b>HTML</b></p>",
        "A text": "<p>Of lines.</p>",
    }
    for title, start in wanted.items():
        page = client.get(f"/article/{keys[title]}").text
        answer = client.get(f"/api/v1/article/{keys[title]}").json
        assert answer["html"].startswith(start)
        assert answer["html"] in page
        assert "body_html" not in answer
        assert html.unescape(re.sub("<[^>]*>", " ", answer["html"])).split()[:2] == answer["body"].split()[:2]
        assert "c2VhbGVk" not in page + str(answer)
        assert "menu" not in page.split("<article")[1]
