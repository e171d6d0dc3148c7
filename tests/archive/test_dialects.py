from __future__ import annotations

import gc
from pathlib import Path

import pytest

from indexer.archive.read import read_bytes
from indexer.archive.records import Kind, Organization, Topic
from indexer.article import Image, Provider
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS
from indexer.identity import path_identity, text_identity, url_identity
from tests.archive.helpers import NOW, article, codes, read, reason
from tests.archives import article_from

REFERENCE = """---
category: news
title: "The harbour's new lights"
excerpt: "Switched on at dusk."
publishedDateTime: 2020-06-25T10:31:00Z
webUrl: "https://www.harbour.example/lights"
ampWebUrl: "https://amp.harbour.example/lights"
cdnAmpWebUrl: "https://amp-harbour-example.cdn.ampproject.org/c/s/amp.harbour.example/lights"
originalUrl: "https://wire.example/77"
type: article
quality: 37
heat: -1
published: true
featuredContent: "<iframe></iframe>"
provider: {name: Harbour Post, domain: harbour.example, authors: [{name: Ann Lee}]}
topics: [Ports, Energy]
images:
  - {url: "https://img.example/1.jpg", width: 3000, height: 2000, isCached: true, title: Lights}
related:
  - title: "Old lamps sold"
    publishedDateTime: 2020-06-24T19:27:00Z
    webUrl: "https://lamps.example/sold"
    provider: {name: Lamps, domain: lamps.example}
    published: true
    related: [{title: Deeper, webUrl: "https://deep.example/"}]
    secured: "b;c"
  - title: "No address"
    excerpt: E
  - {title: Itself, webUrl: "http://harbour.example/lights/"}
  - {title: Itself by its AMP page, webUrl: "https://wire.example/77"}
  - {title: Old lamps again, webUrl: "https://lamps.example/sold?utm_source=x"}
  - {title: Gone, webUrl: "https://gone.example/", removed: true}
secured: "a;b"
---
"""


def test_the_reference_dialect_whole() -> None:
    record = read(REFERENCE, "news/lights.md")
    own, lamps, plain = record.found
    assert record.kind is Kind.ARTICLE
    assert record.secured == 2
    assert record.notices == ()
    assert own.article.id == url_identity("https://harbour.example/lights")
    assert own.aliases == (url_identity("https://wire.example/77"),)
    assert own.article.url == "https://www.harbour.example/lights"
    assert own.article.provider == Provider("Harbour Post", "harbour.example")
    assert own.article.authors == ("Ann Lee",)
    assert (own.article.quality, own.article.heat, own.article.featured) == (37.0, -1.0, True)
    assert own.article.images == (Image("https://img.example/1.jpg", 3000, 2000, "Lights"),)
    assert [link.id for link in own.article.related] == [lamps.article.id, plain.article.id]
    assert own.article.related[0].provider == Provider("Lamps", "lamps.example")
    assert own.article.related[0].published_at == lamps.article.published_at
    assert lamps.article.origin == "related"
    assert lamps.article.related == ()
    assert plain.article.id == text_identity(plain.article.title, plain.article.published_at)
    assert article_from(own.article.to_json()) == own.article


def test_the_older_dialect() -> None:
    found = article(
        "abstract: In short\nsourceUrl: https://b.example/x\nwebUrl:\nscore: 80\n"
        "provider: {name: Forbes, id: forbes}\nampUrl: https://b.example/x/amp\ncdnAmpUrl:"
    )
    assert (found.excerpt, found.url, found.quality) == ("In short", "https://b.example/x", 80.0)
    assert found.provider == Provider("Forbes")
    assert not found.featured
    assert found.type == "article"


def test_jekyll_and_hugo_names() -> None:
    found = article(
        "description: D\ntags: [one, two]\ncategories: [Essays, Travel, two]\nauthor: Ann\n"
        "permalink: https://c.example/\nwebUrl:\nimage: https://c.example/i.png",
        "Some *body*.",
    )
    assert (found.category, found.tags, found.authors) == ("Essays", ("one", "two", "Travel"), ("Ann",))
    assert (found.excerpt, found.body, found.url) == ("D", "Some body.", "https://c.example/")
    assert article("tags: a b c").tags == ("a b c",)
    assert article("categories: Essays").category == "Essays"
    assert article("featured: yes").featured
    assert article("author: {name: Bo}\ntype: video").authors == ("Bo",)


def test_the_first_name_that_can_be_used_is_used() -> None:
    found = article(
        "title: ''\nheadline: H\nquality: junk\nscore: 5\ndate: never\npubDate: 2020-01-01\nwebUrl: /x\nurl: https://d.example/"
    )
    assert (found.title, found.quality, found.url) == ("H", 5.0, "https://d.example/")
    assert found.to_json()["published_at"] == "2020-01-01T00:00:00Z"
    assert article("title: null\nheadline: H").title == "H"
    assert article("title: a\nexcerpt: null").excerpt == ""


def test_the_table_is_the_settings() -> None:
    settings = ArchiveSettings(Path("."), 5000, {**DEFAULT_FIELDS, "title": ("kop",), "withdrawn": ("weg",)})
    data = b"---\nkop: Een titel\ntitle: Other\ndate: 2020-01-01\nremoved: true\n---\n"
    record = read_bytes("a.md", data, settings, now=NOW)
    assert record.kind is Kind.ARTICLE
    assert record.found[0].article.title == "Een titel"


def test_without_a_url_the_path_is_the_identity() -> None:
    record = read("---\ntitle: A\nexcerpt: E\nampUrl: https://a.example/amp\n---\n", "x/y.md")
    assert record.found[0].article.id == path_identity("x/y.md")
    assert record.found[0].aliases == (url_identity("https://a.example/amp"),)


def test_notices_of_nested_articles_say_which() -> None:
    record = read(
        "---\ntitle: A\ndate: 2020-01-01\nrelated: [{title: B, date: never, url: 'x:y', excerpt: E}]\n---\n"
    )
    assert codes(record) == ["bad_url", "bad_date"]
    assert all(notice.text.startswith("related 1: ") for notice in record.notices)


def test_one_related_entry_without_a_list() -> None:
    record = read("---\ntitle: A\ndate: 2020-01-01\nrelated: {title: B, date: 2020-01-01}\n---\n")
    assert [link.title for link in record.found[0].article.related] == ["B"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("taxonomy: topic\nname: AI", Topic("AI")),
        ("name: AI\nparent: Tech", Topic("AI", parent="Tech")),
        ("name: AI\nshortname: A.I.", Topic("AI", shortname="A.I.")),
        (
            "---\nname: AI\nkeywords: robots, AI &amp; law\ndescription: <b>D</b>\n---\n",
            Topic("AI", description="D", keywords=("robots", "AI & law")),
        ),
        ("- {name: AI}", Topic("AI")),
        ("taxonomy: Topic\ntitle: AI", Topic("AI")),
    ],
)  # fmt: skip
def test_topics(text: str, topic: Topic) -> None:
    record = read(text, "_data/topics.YML")
    assert (record.kind, record.topics) == (Kind.TOPIC, (topic,))


def test_several_topics_in_one_file() -> None:
    assert [topic.name for topic in read("- name: A\n- {name: B, parent: A}\n", "t.yaml").topics] == [
        "A",
        "B",
    ]


@pytest.mark.parametrize(
    ("front", "organization"),
    [
        ("taxonomy: organization\n_id: bbc.com\nname: BBC", Organization("BBC", "bbc.com")),
        ("name: BBC\ndomain: www.bbc.com\ndescription: D", Organization("BBC", "bbc.com", "D")),
        ("taxonomy: organization\ndomain: bbc.com", Organization("bbc.com", "bbc.com")),
        (
            "taxonomy: organization\nname: BBC\nimages: [{url: /a.png}, {url: 'https://b.example/l.png'}]",
            Organization("BBC", logo="https://b.example/l.png"),
        ),
    ],
)
def test_organizations(front: str, organization: Organization) -> None:
    record = read(f"---\n{front}\n---\n")
    assert (record.kind, record.organization) == (Kind.ORGANIZATION, organization)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("taxonomy: topic", "a topic without a name"),
        ("taxonomy: organization", "an organization without a name"),
        ("[]", "the file is empty"),
        ("---\n---\n", "the file is empty"),
        ("", "the file is empty"),
        ("name: A\n---\nname: B\n", "several YAML documents in one file"),
    ],
)
def test_yaml_files_that_are_rejected(text: str, why: str) -> None:
    assert reason(read(text, "a.yaml")) == why


def test_yaml_files_can_be_articles_and_have_empty_documents() -> None:
    record = read("---\ntitle: A\ndate: 2020-01-01\n---\n", "a.yaml")
    assert record.kind is Kind.ARTICLE


def test_a_file_is_read_by_the_table_that_is_given() -> None:
    first = read(REFERENCE)
    for _ in range(3):
        other = ArchiveSettings(Path("."), 5_000_000, {**DEFAULT_FIELDS, "title": ("excerpt",)})
        found = read_bytes("news/a.md", REFERENCE.encode(), other, now=NOW).found
        assert found[0].article.title == "Switched on at dusk."
        assert read(REFERENCE) == first


def test_what_a_file_leaves_behind_is_freed_at_once() -> None:
    # (What refers to itself waits for Python's look for cycles, which took a twentieth of a run.)
    text = "---\ntitle: A\ndate: 2020-06-25\nrelated:\n  - title: B\n    url: https://b.example/1\n---\nA *text*\n"
    read(text)
    gc.collect()
    gc.disable()
    try:
        read(text)
        assert gc.collect() == 0
    finally:
        gc.enable()
