from __future__ import annotations

from indexer.archive.records import Organization, Topic
from indexer.archive.taxonomy import build_provider_directory, build_topic_tree
from indexer.article import Provider

TOPICS = (
    Topic("Technology", "Tech", keywords=("software",)),
    Topic("AI", "A.I.", parent="technology"),
    Topic("Robots", parent="a.i."),
    Topic("Cars", parent="Technology"),
    Topic("Music"),
)


def test_look_ups() -> None:
    tree = build_topic_tree(TOPICS)
    assert tree.parent("robots") == "AI"
    assert tree.ancestors("Robots") == ("AI", "Technology")
    assert (tree.find("tech"), tree.find(" AI ")) == (tree.topics[0], tree.topics[1])
    assert (tree.find("none"), tree.parent("none"), tree.ancestors("none")) == (None, None, ())
    assert len(tree) == 5
    assert tree.problems == ()


def test_of_one_name_the_first_holds() -> None:
    tree = build_topic_tree([Topic("AI", description="first"), Topic("ai", description="second")])
    assert [topic.description for topic in tree.topics] == ["first"]
    assert tree.problems == ("The topic 'ai' is described more than once; the first one holds.",)


def test_an_unknown_parent_makes_a_root() -> None:
    tree = build_topic_tree([Topic("AI", parent="Nowhere")])
    assert tree.ancestors("AI") == ()
    assert tree.problems == ("The topic 'AI' has an unknown parent, 'Nowhere'; it was made a root.",)


def test_cycles_are_broken_at_the_topic_that_comes_first() -> None:
    tree = build_topic_tree(
        [Topic("A", parent="B"), Topic("B", parent="C"), Topic("C", parent="B"), Topic("D", parent="D")]
    )
    assert tree.ancestors("B") == tree.ancestors("D") == ()
    assert tree.ancestors("A") == ("B",)
    assert tree.ancestors("C") == ("B",)
    assert tree.problems == (
        "The topic 'B' is its own ancestor; it was made a root.",
        "The topic 'D' is its own ancestor; it was made a root.",
    )


def test_a_long_chain_is_no_trouble() -> None:
    tree = build_topic_tree(Topic(f"t{n}", parent=f"t{n + 1}") for n in range(20_000))
    assert len(tree.ancestors("t0")) == 19_999


def test_directory() -> None:
    directory = build_provider_directory(
        [
            Organization("BBC", "bbc.com", logo="https://bbc.com/l.png"),
            Organization("BBC again", "bbc.com"),
            Organization("The Courier"),
        ]
    )
    assert len(directory) == 2
    assert directory.logo("BBC.com") == "https://bbc.com/l.png"
    assert directory.find("bbc") == directory.find("bbc.com")
    assert directory.find("the courier") == Organization("The Courier")
    assert (directory.find("x"), directory.logo("x")) == (None, None)
    assert directory.name(Provider("bbc.com", "bbc.com")) == "BBC"
    assert directory.name(Provider("BBC World", "bbc.com")) == "BBC World"
    assert directory.name(Provider("x.example", "x.example")) == "x.example"
