from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest

from indexer import load_settings, open_archive
from indexer.errors import RequestError
from indexer.evaluation.collection import evaluate_collection
from indexer.evaluation.files import read_collection
from indexer.evaluation.measures import MEASURES
from indexer.indexing.index_articles import index_articles
from indexer.query.language.rewrite import any_of_words
from tests.archives import REPOSITORY, settings_for
from tests.cli.conftest import Run
from tests.cli.conftest import run as _run
from tests.cli.examples import article

RELEVANCE = REPOSITORY.parent / "shared" / "relevance"
# The least nDCG@10 and AP that the default settings must reach.
AIMS = {
    "time": (0.753, 0.698),
    "cranfield": (0.535, 0.436),
    "cisi": (0.417, 0.230),
    "msmarco5k": (0.723, 0.859),
}
DOCUMENTS = [
    {"id": "d1", "title": "Harbour bridge", "text": "The old bridge opens for ships."},
    {"id": "d2", "title": "", "text": "A ferry to the harbour."},
    {"id": "d3", "title": "Weather", "text": "Rain in the north."},
]


@pytest.fixture
def run() -> Run:
    return _run.__wrapped__()  # type: ignore[attr-defined]


def write_collection(folder: Path, **files: str) -> Path:
    contents = {
        "corpus.jsonl": "".join(json.dumps(document) + "\n" for document in DOCUMENTS),
        "queries.jsonl": '{"id": "q1", "text": "the old bridge"}\n{"id": "q2", "text": "ferries"}\n',
        "qrels.tsv": "q1\td1\t2\nq2\td2\t1\n",
    }
    folder.mkdir(exist_ok=True)
    for name, text in (contents | {key.replace("_", "."): value for key, value in files.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_small_collection_is_answered_perfectly(tmp_path: Path, run: Run) -> None:
    folder = write_collection(tmp_path / "small")
    grades = evaluate_collection(folder, load_settings())
    assert grades.values == {"nDCG@10": 1.0, "AP": 1.0, "R@100": 1.0, "P@10": pytest.approx(0.1), "RR": 1.0}
    result = run("eval", "collection", folder, "--json")
    assert json.loads(result.stdout) == grades.to_json()
    told = run("eval", "collection", folder).stdout
    assert told.startswith("small: 3 documents, 2 judged queries\n")
    assert [line.split()[0] for line in told.splitlines()[1:]] == list(MEASURES)


def test_questions_are_asked_as_they_are_written_beside_any_of_their_words(tmp_path: Path, run: Run) -> None:
    texts = {"q1": "the old bridge", "q2": "harbour -bridge", "q3": "zeppelins", "q4": '"ships bridge"'}
    folder = write_collection(
        tmp_path / "small",
        queries_jsonl="".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in texts.items()),
        qrels_tsv="q1\td1\t2\nq2\td2\t1\nq3\td3\t1\nq4\td1\t1\n",
    )
    grades = evaluate_collection(folder, load_settings(), as_typed=True)
    # Any of the words: d1 for q1 and q4; for q2 d1, which has both words, then d2; nothing for q3.
    assert grades.values == pytest.approx(
        {
            "nDCG@10": (1 + 1 / math.log2(3) + 0 + 1) / 4, "AP": (1 + 1 / 2 + 0 + 1) / 4, "R@100": 3 / 4,
            "P@10": 3 / 40, "RR": (1 + 1 / 2 + 0 + 1) / 4, "Success@10": 3 / 4, "nothing_found": 1 / 4,
        }
    )  # fmt: skip
    # As typed: d1 for q1, d2 alone for q2; no article has the word of q3, or the phrase of q4.
    assert grades.as_typed == pytest.approx(
        {
            "nDCG@10": 0.5, "AP": 0.5, "R@100": 0.5, "P@10": 0.05, "RR": 0.5, "Success@10": 0.5, "nothing_found": 0.5,
        }
    )  # fmt: skip
    result = run("eval", "collection", folder, "--as-typed", "--json")
    assert json.loads(result.stdout) == grades.to_json()
    assert grades.to_json()["as_typed.nothing_found"] == 0.5
    lines = [line.split() for line in run("eval", "collection", folder, "--as-typed").stdout.splitlines()[1:]]
    assert lines[0] == ["any", "of", "the", "words", "as", "typed"]
    assert lines[2] == ["AP", "0.6250", "0.5000"]
    assert lines[-1] == ["nothing", "found", "0.2500", "0.5000"]


def test_the_index_is_kept_where_it_is_asked_for(tmp_path: Path) -> None:
    folder, index = write_collection(tmp_path / "small"), tmp_path / "index"
    evaluate_collection(folder, load_settings(), index=index)
    with open_archive(index=index) as archive:
        assert archive.search("bridge").total == 1
    with pytest.raises(RequestError, match="the index folder is not empty"):
        evaluate_collection(folder, load_settings(), index=index)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"corpus_jsonl": '{"id": "a", "text": "x"}\n{"id"'},
            r"line 2 cannot be used, it is no JSON.*jsonl:2",
        ),
        ({"corpus_jsonl": "[]\n"}, "line 1 cannot be used, it is no JSON object"),
        ({"corpus_jsonl": '{"id": 3, "text": "x"}\n'}, "line 1 cannot be used, 'id' is not text"),
        ({"corpus_jsonl": '{"id": "a", "text": "x"}\n' * 2}, "document 'a' is in line 1 already"),
        ({"corpus_jsonl": "\n"}, "the file has no documents"),
        ({"queries_jsonl": '{"id": "q1"}\n'}, "line 1 cannot be used, 'text' is not text"),
        ({"queries_jsonl": '{"id": "q", "text": "x"}\n' * 2}, "query 'q' is in line 1 already"),
        ({"qrels_tsv": "q1\td1\n"}, "line 1 cannot be used, it has 2 columns instead of 3"),
        ({"qrels_tsv": "q1\td1\t1\nq9\td1\t1\n"}, "line 2 cannot be used, there is no query 'q9'"),
        ({"qrels_tsv": "q1\td9\t1\n"}, "there is no document 'd9'"),
        ({"qrels_tsv": "q1\td1\thigh\n"}, "the relevance 'high' is no whole number"),
        (
            {"qrels_tsv": "q1\td1\t1\nq1\td2\t0\nq1\td1\t0\n"},
            r"line 3 cannot be used, document 'd1' is judged otherwise for query 'q1' in line 1 \(",
        ),
        ({"qrels_tsv": "q1\td1\t0\n"}, "no document is judged relevant"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_with_file_and_line(
    tmp_path: Path, files: dict[str, str], sentence: str
) -> None:
    folder = write_collection(tmp_path / "c", **files)
    with pytest.raises(RequestError, match=sentence) as caught:
        read_collection(folder)
    assert str(folder) in str(caught.value)
    assert caught.value.cure


def test_a_judgement_may_be_given_twice(tmp_path: Path) -> None:
    folder = write_collection(tmp_path / "c", qrels_tsv="q1\td1\t1\nq1\td1\t1\n")
    assert read_collection(folder).judgements == {"q1": {"d1": 1}}


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    folder = write_collection(tmp_path / "c")
    (folder / "qrels.tsv").write_bytes(b"q1\td1\t1\n\xff\n")
    with pytest.raises(RequestError, match=r"line \d cannot be used, it is no UTF-8"):
        read_collection(folder)
    (folder / "queries.jsonl").unlink()
    with pytest.raises(RequestError, match=re.escape("queries.jsonl")):
        read_collection(folder)


def test_any_of_words_leaves_out_stop_words_and_takes_compounds_apart() -> None:
    assert any_of_words("What is the boundary-layer of a wing, wing?", "english") == (
        "boundary OR layer OR wing OR wing"
    )
    assert any_of_words("the AT&T", "english") == "at&t"
    assert any_of_words("to be or not to be", "english") == "to OR be OR or OR not OR to OR be"
    assert any_of_words(" ... ", "english") == ""


def test_articles_without_files_are_an_index_as_any(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    given = [article(f"Board meets {n}", id=f"id{n}") for n in range(5)]
    assert index_articles([*given, given[0]], settings) == 5
    with open_archive(settings) as archive:
        assert archive.search("board").total == 5
        assert archive.article("id3") == given[3]
        assert archive.stats().articles == 5


def test_an_index_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = write_collection(tmp_path / "small")
    monkeypatch.setattr("indexer.indexing.writer.save_files", full)
    result = run("eval", "collection", folder)
    assert result.exit_code == 6
    assert re.search(r"No space left.*Make room", result.stderr)
    (tmp_path / "file").touch()
    assert run("eval", "collection", folder, "--index", tmp_path / "file" / "index").exit_code == 6


@pytest.mark.skipif(not RELEVANCE.is_dir(), reason="the test collections are not beside the project")
@pytest.mark.parametrize("name", AIMS)
def test_the_default_settings_reach_the_aims(name: str) -> None:
    values = evaluate_collection(RELEVANCE / name, load_settings()).values
    least_gain, least_precision = AIMS[name]
    assert values["nDCG@10"] >= least_gain
    assert values["AP"] >= least_precision
