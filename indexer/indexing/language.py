"""The files of an archive -> the language that most of them are in, by a vote.

Who votes is a sample by the hash of the paths, the same whatever the order in which files came, and however
many processes read them: the first files of that order, until enough of them have voted. Each vote is kept
in the manifest, so that a run reads only what is new in the sample.

Articles that name no language are in the one that most of such texts are in: it need not be the archive's,
most of which may be translations.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from indexer.analysis.detection import detect_language
from indexer.archive.records import FileRecord, Kind, SourceFile
from indexer.article import Article
from indexer.indexing.manifest import KINDS, FileTable
from indexer.indexing.plan import Plan
from indexer.languages import DEFAULT, analysed_language, code_of, language_name

MIN_ARTICLES = 20  # that an archive must have for a vote
MIN_VOTES = 10
# Of an archive two thirds of which are in one language, half of so many texts or fewer are in it in one of
# three thousand samples; to ask them takes a hundredth of a run over 18,600 files.
MAX_VOTES = 100
MAX_READ = 1_000  # files of which none may be an article
_NOT_ASKED, _NO_VOTE = 0, 1  # in the manifest; a language is the number of its code
_NAMED = 1 << 15  # is added to that where the article names a language itself, or its path


@dataclass(frozen=True, slots=True)
class Election:
    """What came of a vote: the `language` that an archive is analysed in, how many texts are in each, and
    why it is taken for English where they do not say. `others` is the code of the language that texts are
    surely in which name none, or empty. `ballots` has the number of each file asked."""

    language: str
    counts: Mapping[str, int]
    note: str = ""
    others: str = ""
    ballots: Mapping[str, int] = field(default_factory=dict)

    @property
    def texts(self) -> int:
        """How many texts voted."""
        return sum(self.counts.values())


def elect(plan: Plan, read: Callable[[SourceFile], FileRecord]) -> Election:
    """Ask the sample of the archive's files: what `plan` knows votes as it did, the others are read."""
    ballots: dict[str, int] = {}
    articles = votes = 0
    for number in _order(plan)[:MAX_READ]:
        path = plan.files[number].path
        row = int(plan.known[number])
        kind, ballot = _known(plan.previous, row) if row >= 0 else (None, _NOT_ASKED)
        if kind is None or ballot == _NOT_ASKED:
            record = read(plan.files[number])
            kind, ballot = record.kind, _ballot(record)
        ballots[path] = ballot
        articles += kind is Kind.ARTICLE
        votes += ballot > _NO_VOTE
        if votes == MAX_VOTES:
            break
    return _counted(articles, ballots)


def elect_among(articles: Iterable[Article]) -> Election:
    """Ask the first of some articles that are in no files."""
    ballots: dict[str, int] = {}
    for number, article in enumerate(articles):
        ballots[str(number)] = _of_article(article)
    return _counted(len(ballots), ballots)


def language_of_others(site: str, election: Election | None, language: str) -> str:
    """Return the tag of the language of articles that name none, empty where that is not sure: what their
    texts say, else the `site`'s configuration (a tag, or empty), else the `language` that is set."""
    if election is None:
        return site or code_of(language)
    if not election.others or (site and analysed_language(site) == analysed_language(election.others)):
        return site
    return election.others


def with_ballots(files: FileTable, election: Election | None) -> FileTable:
    """Return the files with what each of them voted, and nothing of earlier votes."""
    votes = np.zeros(len(files), np.uint16)
    for path, ballot in (election.ballots if election else {}).items():
        row = files.row_of(path)
        if row is not None:
            votes[row] = ballot
    return FileTable({**files.columns, "vote": votes})


def _order(plan: Plan) -> list[int]:
    """Return the numbers of the files, in the order of the hashes of their paths."""
    paths = plan.files.paths
    hashes = np.fromiter(map(zlib.crc32, paths), np.uint32, len(paths))
    order: list[int] = np.argsort(hashes, kind="stable")[:MAX_READ].tolist()
    return order


def _known(files: FileTable, row: int) -> tuple[Kind, int]:
    return KINDS[files.columns["kind"][row]], int(files.columns["vote"][row])


def _ballot(record: FileRecord) -> int:
    return _of_article(record.found[0].article) if record.kind is Kind.ARTICLE else _NO_VOTE


def _of_article(article: Article) -> int:
    language = detect_language("\n".join((article.title, article.excerpt, article.body)))
    if language is None:
        return _NO_VOTE
    return _number(code_of(language)) | (_NAMED if article.language else 0)


def _number(code: str) -> int:
    """Return the letters of a code as a number of base 27."""
    number = 0
    for letter in code:
        number = number * 27 + ord(letter) - ord("a") + 1
    return number


def _code(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number, 27)
        letters = chr(ord("a") + letter - 1) + letters
    return letters


def _counted(articles: int, ballots: Mapping[str, int]) -> Election:
    given = [ballot for ballot in ballots.values() if ballot > _NO_VOTE]
    counted = Counter(_code(ballot & ~_NAMED) for ballot in given)
    others = Counter(_code(ballot) for ballot in given if not ballot & _NAMED)
    counts = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    votes = sum(counts.values())
    if articles < MIN_ARTICLES:
        many = "1 article is" if articles == 1 else f"{articles} articles are"
        note = f"{many} too few to tell the language; taken for English"
        return Election(DEFAULT, counts, note, "", ballots)
    first = next(iter(counts), "")
    if votes < MIN_VOTES or counts[first] * 2 <= votes:
        most = ", ".join(f"{count} {language_name(code)}" for code, count in [*counts.items()][:3])
        shares = f": of {votes} texts are {most}" if most else ""
        note = f"no language is that of most texts{shares}; taken for English"
        return Election(DEFAULT, counts, note, _sure(others, ""), ballots)
    return Election(language_name(first).lower(), counts, "", _sure(others, first), ballots)


def _sure(others: Counter[str], elected: str) -> str:
    """Return what most texts are in which name no language: of few texts, only where it is
    the one that all texts `elected`."""
    if not others:
        return elected
    first, count = max(others.items(), key=lambda item: item[1])
    is_enough = others.total() >= MIN_VOTES or first == elected
    return first if is_enough and count * 2 > others.total() else ""
