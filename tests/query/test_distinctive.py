"""The terms that set documents apart: the formula against a plain one, the counts against searches."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, open_archive, reindex
from indexer.identity import url_identity
from indexer.query.arrays.found import DocumentSet
from indexer.query.arrays.source import ArrayView
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.assist.distinctive import CANDIDATES, SHOWN, THRESHOLD, Having, Sample, log_odds
from tests.archives import settings_for, write


def plain_log_odds(one: int, of_one: int, other: int, of_other: int, prior: float, weight: float) -> float:
    """Monroe, Colaresi and Quinn's equations 15, 16, 19 and 20, term by term."""
    a = prior * weight
    omega_i = (one + a) / (of_one + weight - one - a)
    omega_j = (other + a) / (of_other + weight - other - a)
    variance = 1 / (one + a) + 1 / (other + a)
    return (math.log(omega_i) - math.log(omega_j)) / math.sqrt(variance)


def having(counts: list[float], size: float) -> Having:
    return Having(np.array(counts, float), size)


@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.001, 0.999),
    st.floats(0.5, 1000),
)
def test_the_formula(one: tuple[int, int], other: tuple[int, int], prior: float, weight: float) -> None:
    (y_i, n_i), (y_j, n_j) = one, other
    found = log_odds(having([y_i], n_i), having([y_j], n_j), having([prior], 1).worth(weight))
    assert found[0] == pytest.approx(plain_log_odds(y_i, n_i, y_j, n_j, prior, weight), abs=1e-9)


def test_what_is_as_usual_has_no_score_and_more_evidence_has_more() -> None:
    one, whole = having([10, 20, 40, 2], 100), having([100, 100, 100, 2], 1000)
    scores = log_odds(one, whole, whole.worth(10))
    assert scores[0] == pytest.approx(0)
    assert 0 < scores[1] < scores[2]
    assert scores[3] < scores[2], "a word of two documents tells less than one of forty"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred articles of filler; sixty of them on ferries, most of which have planted words."""
    settings = settings_for(tmp_path_factory.mktemp("planted"))
    chance = np.random.default_rng(3)
    filler = [f"filler{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    for number in range(300):
        words = list(chance.choice(filler, 30, replace=False))
        ferry = number % 5 == 0
        if ferry:
            words += ["ferry"] + (["rudders"] if number % 2 else ["harbour-master", "AT&T"])
        words += ["common"] if number % 2 else []
        write(
            settings.archive.path,
            f"{number:03}.md",
            title=f"Report {number} {'Rudder' if ferry and number % 4 == 1 else ''}",
            excerpt=" ".join(words),
            url=f"https://a.example/{number}",
            date=f"20{10 + number % 10}-03-01",
            provider={"name": "Sea", "domain": "sea.example"} if ferry else {"name": "Land"},
        )
    reindex(settings)
    return settings.index.path


@pytest.fixture
def archive(planted: Path) -> Archive:
    return open_archive(index=planted)


def test_planted_words_come_first_and_are_counted_exactly(archive: Archive) -> None:
    terms = archive.overview("ferry").terms
    words = [term.word for term in terms]
    assert set(words[:4]) == {"rudders", "harbour", "master", "AT&T"}, "each as it is written most often"
    assert "ferry" not in words, "what was searched for tells nothing"
    assert "common" not in words
    assert len(terms) <= SHOWN
    for term in terms:
        assert term.documents == archive.search(f"ferry {term.word}").total
        assert term.of_all == archive.search(term.word).total
        assert term.score >= THRESHOLD * ((1 - 0.2) / (1 + 0.2)) ** 0.5, "a fifth of the whole"
    assert [term.score for term in terms] == sorted((term.score for term in terms), reverse=True)


def test_the_same_words_are_found_by_a_filter(archive: Archive) -> None:
    terms = archive.overview(provider="sea.example").terms
    assert terms[0].term == "ferri"
    assert (terms[0].documents, terms[0].of_all) == (60, 60)


def test_what_is_wholly_left_out(archive: Archive) -> None:
    assert archive.overview("").terms == (), "the archive is not set apart from itself"
    assert archive.overview("zeppelin").terms == ()


def test_a_comparison_sets_each_side_apart(archive: Archive) -> None:
    one, other = archive.compare({"provider": "sea.example"}, {"provider": "Land"}).terms
    assert [term.word for term in one] == ["ferry", "AT&T", "harbour", "master", "rudders"]
    assert (one[0].documents, one[0].of_all) == (60, 0)
    assert all(term.word.startswith("filler") or term.word == "common" for term in other)
    assert archive.compare("ferry", "ferry").terms == ((), ())
    assert archive.compare("ferry", "zeppelin").terms == ((), ())


def test_a_sample_is_the_same_each_time_and_bounded(planted: Path) -> None:
    view = ArrayView(open_snapshot(planted))
    everything = view.everything()
    first, again = (Sample(everything.sample(50), view.analyzer) for _ in range(2))
    assert (first.size, first.counts) == (50, again.counts)
    few = DocumentSet(view.snapshot, everything.docs[:7])
    assert Sample(few.sample(50), view.analyzer).size == 7
    assert Sample([], view.analyzer).counts == {}
    assert first.word("unheard") == "unheard"
    assert CANDIDATES >= SHOWN


def test_a_document_with_several_forms_of_a_term_counts_once(planted: Path) -> None:
    view = ArrayView(snapshot := open_snapshot(planted))
    number = snapshot.doc_of(url_identity("https://a.example/5"))  # "Rudder" above, "rudders" below
    alone = Sample(DocumentSet(snapshot, np.array([number], np.uint32)).sample(1), view.analyzer)
    assert set(alone.counts.values()) == {1}
    assert "rudder" in alone.counts
    everything = Sample(view.everything().sample(view.size), view.analyzer)
    for term, count in everything.counts.items():
        assert count <= snapshot.frequency("text", term), term
    assert everything.counts["rudder"] == snapshot.frequency("text", "rudder")


def test_words_without_blanks_between_them_are_candidates(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number in range(60):
        text = "港口渡輪停航" if number < 30 else "城市鐵路通車"
        write(
            settings.archive.path,
            f"{number}.md",
            title=f"{text}{number}",
            date="2020",
            url=f"https://a.example/{number}",
        )
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        assert "渡輪" in {term.word for term in archive.overview("港口").terms}
