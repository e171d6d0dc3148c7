"""One generation of an index, open for reading: what every answer is made from.

An answer holds the snapshot that it was made from, so that an article can still be read and a
facet counted when a newer generation is current; the files are released with the last answer.
"""

from __future__ import annotations

import bisect
import functools
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.analysis import Analyzer
from indexer.archive.taxonomy import TopicTree, build_provider_directory, build_topic_tree
from indexer.article import Article, Provider, load_stored
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import CURE
from indexer.codec.reader import SegmentArrays
from indexer.errors import IndexDamagedError, IndexMissingError
from indexer.identity import path_identity
from indexer.index.changes import Difference, History, difference, history_in
from indexer.index.derived import PhraseTable, phrases_in, stories_in
from indexer.index.files import CHANGES, PHRASES, STORIES, open_generation_file
from indexer.index.generation import CURE_MISSING, check_header, load_header, open_reader
from indexer.index.schema import TEXT
from indexer.index.toc import latest_generation, stamp_of
from indexer.messages import say
from indexer.query.answers.stats import ArchiveStats
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.facet_builder import Names
from indexer.query.arrays.store.lexicon import SegmentLexicon, lexicons_of
from indexer.query.arrays.store.matchers import WhooshMatchers
from indexer.query.arrays.store.postings import Postings, segments_of
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.periods import date_of

_MAX_DIFFERENCES = 2
_TRIES = 5  # a writer may remove a generation's files between our look at its number and opening it


class Snapshot:
    """A generation's header, columns and postings. Safe to share between threads."""

    def __init__(self, folder: Path, number: int) -> None:
        self.stamp = stamp_of(folder, number)
        self.header = load_header(folder, number)
        check_header(self.header, folder)
        self.number = number
        self._gathering = threading.Lock()
        self.topics: TopicTree = build_topic_tree(self.header.topics)
        self.providers = build_provider_directory(self.header.organizations)
        self.reader: Any = open_reader(folder, self.header)
        self._release = weakref.finalize(self, self.reader.close)
        self.matchers = WhooshMatchers(self.reader)
        # All are opened, and verified, at once: a later run removes them.
        self._files = {
            kind: open_generation_file(folder, kind, number) for kind in (STORIES, PHRASES, CHANGES)
        }
        segments = list(segments_of(self.reader))
        self._segments = [arrays for arrays, _ in segments]
        self._offsets = [offset for _, offset in segments]
        fields = [field for arrays in self._segments if (field := arrays.field(TEXT)) is not None]
        # The words that the index has need no stemmer: what they are searched by stands beside them.
        self.analyzer = Analyzer(self.header.language, functools.partial(_stem_of, fields))
        self.folder = folder
        self._names_providers = len(self.providers) > 0
        self._columns: Columns | None = None

    @property
    def columns(self) -> Columns:
        """The arrays of this generation, gathered when first asked for."""
        if self._columns is None:
            with self._gathering:  # or two threads would take twice the memory meanwhile
                if self._columns is None:
                    self._columns = Columns(self.reader, Names(self.topics, self.providers))
        return self._columns

    @functools.cached_property
    def lexicons(self) -> tuple[SegmentLexicon, ...]:
        """The words of each segment, as they are written."""
        return lexicons_of(zip(self._segments, self._offsets, strict=True))

    @functools.cached_property
    def stories(self) -> StoryColumn:
        """Which articles are near copies. Raises IndexDamagedError."""
        columns = self.columns
        return StoryColumn(stories_in(self._files[STORIES], columns.size), columns)

    @functools.cached_property
    def phrases(self) -> PhraseTable:
        """The frequent phrases. Raises IndexDamagedError."""
        return phrases_in(self._files[PHRASES])

    @functools.cached_property
    def stats(self) -> ArchiveStats:
        """What is indexed, since when, and what was left out."""
        columns = self.columns
        span = columns.days.span(columns.live_docs)
        first, last = map(date_of, span) if span else (None, None)
        undated = int((columns.live & ~columns.dated).sum())
        return ArchiveStats(first_date=first, last_date=last, undated=undated, **self.header.stats())

    @functools.cached_property
    def history(self) -> History:
        """What changed from one generation to the next. Raises IndexDamagedError."""
        return history_in(self._files[CHANGES])

    @functools.cached_property
    def difference(self) -> Callable[[int], Difference]:
        """Return what the changes after a generation of the history come to; of a few it is kept."""
        changes = self.history.changes
        return functools.lru_cache(maxsize=_MAX_DIFFERENCES)(
            lambda since: difference([change for change in changes if change.generation > since])
        )

    @functools.cached_property
    def postings(self) -> Postings:
        """The postings of this generation."""
        return Postings(self.reader, self.columns.live)

    def article(self, doc: int) -> Article:
        """Read the article with this document number. Raises IndexDamagedError."""
        return self.articles([doc])[0]

    def articles(self, docs: Sequence[int]) -> list[Article]:
        """Read the articles with these document numbers. Raises IndexDamagedError."""
        places = [self._place(doc) for doc in docs]
        mores = [functools.partial(_more, arrays, number) for arrays, number in places]
        records = self._read(docs, places)
        if self._names_providers:
            for record in records:
                given = record.get("provider")
                if given:
                    given["name"] = self._provider_name(given["name"], given.get("domain"))
        return Article.from_stored(records, mores)

    def _read(self, docs: Sequence[int], places: Sequence[tuple[SegmentArrays, int]]) -> list[dict[str, Any]]:
        """Return what is stored of each document, all together or else one by one, to name the damaged."""
        try:
            return self._records(places)
        except Exception:
            found = []
            for doc, place in zip(docs, places, strict=True):
                with _altered_is_damaged(f"article {doc} cannot be read from the index", str(self.folder)):
                    found += self._records([place])
            return found

    def _records(self, places: Sequence[tuple[SegmentArrays, int]]) -> list[dict[str, Any]]:
        """Return what is stored of each document, but for what is apart."""
        if len(self._segments) == 1:
            return load_stored(self._segments[0].near_texts([number for _, number in places], "article"))
        return load_stored(arrays.near_texts([number], "article")[0] for arrays, number in places)

    def stored(self, docs: Sequence[int]) -> list[Article]:
        """Read articles as their files have them: providers are not named anew. Raises IndexDamagedError."""
        places = [self._place(doc) for doc in docs]
        mores = [functools.partial(_more, arrays, number) for arrays, number in places]
        return Article.from_stored(self._read(docs, places), mores)

    def leads(self, docs: Sequence[int]) -> list[str]:
        """Return the title and the excerpt of articles, in lines. Raises IndexDamagedError."""
        records = self._read(docs, [self._place(doc) for doc in docs])
        return [f"{record['title']}\n{record.get('excerpt') or ''}" for record in records]

    def file_of(self, doc: int) -> str:
        """Return the path within the archive of the file that gave the article."""
        arrays, number = self._place(doc)
        return str(arrays.near_fields(number)["source"][0])

    def aliases_of(self, doc: int) -> list[str]:
        """Return the identities of the article's other URLs."""
        arrays, number = self._place(doc)
        if "alias" not in arrays.column_kinds:
            return []
        column = arrays.ordinals("alias")
        return [column.table[i].decode() for i in column.of_doc(number)]

    def _place(self, doc: int) -> tuple[SegmentArrays, int]:
        """Return the segment that a document lies in, and its number there."""
        place = bisect.bisect_right(self._offsets, doc) - 1
        return self._segments[place], doc - self._offsets[place]

    @functools.cached_property
    def _provider_name(self) -> Callable[[str, str | None], str]:
        name = self.providers.name  # not of the snapshot, which the cache would keep
        return functools.lru_cache(maxsize=10_000)(lambda given, domain: name(Provider(given, domain)))

    def doc_of(self, key: str) -> int | None:
        """Return the document whose id, or the identity of one of whose other URLs, is `key`."""
        for field in ("id", "alias"):
            docs = self._live_docs(field, key)
            if docs:
                return docs[0]
        return None

    def docs_of_file(self, path: str) -> list[int]:
        """Return the documents that the file `path` gave, its own article and related ones."""
        docs = self._live_docs("source", path_identity(path))
        return [doc for doc in docs if self.file_of(doc) == path]

    def _live_docs(self, field: str, term: str) -> list[int]:
        columns = self.columns
        return [int(doc) for doc in columns.term_docs(field, term) if columns.live[doc]]

    def frequency(self, field: str, term: str | bytes) -> int:
        """Return how many live documents have `term` in `field`."""
        postings = self.postings
        posting = postings.posting(field, term)
        return posting.df if self.columns.all_live else len(postings.docs(posting))

    def check_sizes(self) -> None:
        """Raise IndexDamagedError where a segment's file was cut short since it was opened, before it is
        read."""
        for arrays in self._segments:
            arrays.file.check_size()

    def close(self) -> None:
        """Release the files; once is enough, and the last answer's end is early enough."""
        self._release()


def _stem_of(fields: Sequence[FieldArrays], word: str) -> str | None:
    """Return the only term of a word as written, of the first segment that has it."""
    return next((stem for field in fields if (stem := field.stem_of(word)) is not None), None)


def _more(arrays: SegmentArrays, number: int) -> dict[str, Any]:
    """Read what is stored apart. An article that is kept keeps the segment's file, no more."""
    with _altered_is_damaged(f"article {number} cannot be read whole", arrays.file.path):
        return load_stored([arrays.apart_fields(number)["more"]])[0]


@contextmanager
def _altered_is_damaged(what: str, where: str) -> Iterator[None]:
    """Raise IndexDamagedError for a record that was altered: it can fail in any way."""
    try:
        yield
    except IndexDamagedError:
        raise
    except Exception as error:
        raise IndexDamagedError(what, where=where, cure=CURE) from error


def open_snapshot(folder: Path) -> Snapshot:
    """Open the current generation. Raises IndexMissingError, IndexOutdatedError, IndexDamagedError,
    IndexUnreadableError."""
    for tries_left in reversed(range(_TRIES)):
        number = latest_generation(folder)
        if number < 0:
            raise IndexMissingError(say("there is no index"), where=str(folder), cure=CURE_MISSING)
        stamp = stamp_of(folder, number)
        try:
            return Snapshot(folder, number)
        except (IndexMissingError, IndexDamagedError):
            if not tries_left or stamp_of(folder, latest_generation(folder)) == stamp:
                raise  # nothing has moved on: that is how it is
    raise AssertionError("the last try returns or raises")
