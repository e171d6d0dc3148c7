"""Pages in HTML, in reStructuredText and in plain text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive.records import Kind
from tests.archive.helpers import read

HTML = """<!DOCTYPE html>
<html lang="en"><head><title>The bridge &amp; the town</title>
<meta name="date" content="2021-03-04"><meta name="tags" content="bridges, town">
<meta name="author" content="Ada Quill"><link rel="canonical" href="https://a.example/bridge"></head>
<body><nav><a href="/">Home</a></nav><main><h1>The bridge</h1><p>Cars cross it &lt;again&gt;.</p>
<script>gone()</script><p>Slowly.</p></main><footer>Imprint</footer></body></html>
"""
RST = """The bridge
##########

:date: 2021-03-04
:tags: bridges, town
:author: Ada Quill

Cars *cross* it ``again``, says `the town <https://a.example>`_ [1]_.

.. a comment
   of two lines

.. note:: Slowly.

   With care, see :ref:`the map <map>`.

.. image:: a.png
   :alt: gone

Later
-----

.. code-block:: python

   print("kept")

.. _target: https://a.example
"""


@pytest.mark.parametrize(
    ("path", "text", "paragraphs"),
    [
        ("a.html", HTML, ["The bridge", "Cars cross it <again>.", "Slowly."]),
        (
            "a.rst",
            RST,
            [
                "Cars cross it again, says the town.", "Slowly.", "With care, see the map.", "Later",
                'print("kept")',
            ],
        ),
    ],
)  # fmt: skip
def test_a_page_says_what_front_matter_would(path: str, text: str, paragraphs: list[str]) -> None:
    found = read(text, path).found[0].article
    assert found.title.startswith("The bridge")
    assert found.published_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert (found.tags, found.authors) == (("bridges", "town"), ("Ada Quill",))
    assert found.body.split("\n\n") == paragraphs


def test_a_page_of_jekyll_in_html() -> None:
    text = "---\ntitle: A post\ndate: 2020-01-01\n---\n<p>Text {% x %} of it.</p>\n"
    found = read(text, "_posts/2020-01-01-a.html").found[0].article
    assert found.title == "A post"


@pytest.mark.parametrize(
    "text",
    [
        "---\nlayout: default\n---\n{% for post in site.posts %}<li>{{ post.title }}</li>{% endfor %}\n",
        "<html><head><title>{{ page.title }}</title></head><body>{{ content }}</body></html>",
    ],
)
def test_a_template_is_passed_over(text: str) -> None:
    record = read(text, "index.html")
    assert record.kind is Kind.PASSED_OVER
    assert record.notices[0].text == "a template"


def test_a_page_without_a_head_has_its_heading_as_title() -> None:
    found = read("<h2>On boats</h2><p>Text.</p>", "a.htm").found[0].article
    assert (found.title, found.body) == ("On boats", "Text.")


def test_plain_text() -> None:
    found = read("A text.\n\nOf two paragraphs.\n", "2020-06-25-on-boats.txt").found[0].article
    assert (found.title, found.body) == ("On boats", "A text.\n\nOf two paragraphs.")
    assert read("User-agent: *\n", "robots.txt").kind is Kind.PASSED_OVER


def test_secured_is_sealed_in_pages() -> None:
    for path, text in (
        ("a.rst", "A\n=\n\n:secured: U0VDUkVU\n\nText.\n"),
        ("a.html", '<meta name="secured" content="U0VDUkVU"><p>Text.</p>'),
    ):
        assert "U0VDUkVU" not in repr(read(text, path))


@given(
    st.text(alphabet="<>/abphmtl =\"'!-.:`*_|[]#\n {}&;", max_size=150),
    st.sampled_from(["a.html", "a.rst", "a.txt"]),
)
def test_any_page_is_read(text: str, path: str) -> None:
    record = read(text, path)
    for found in record.found:
        for paragraph in filter(None, found.article.body.split("\n\n")):
            assert paragraph == " ".join(paragraph.split())
