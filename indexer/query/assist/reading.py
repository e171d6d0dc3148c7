"""A query -> what is searched for: all of its words, some of them, its last word as begun, its words and
those of the best articles, or the article whose address it is. It is read once for its pages and filters.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from whoosh.query import AndMaybe, ConstantScoreQuery, NullQuery, Or, Prefix, Query, Term

from indexer.errors import BackfileError, RequestError
from indexer.identity import url_identity
from indexer.messages import say
from indexer.query.answers.parsed import Note, NoteKind, ParsedQuery, Word
from indexer.query.answers.results import lazy
from indexer.query.assist.beginnings import beginning_of, ranked
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.language.grammar import parse, parse_begun, with_some
from indexer.query.language.tree import asks_for_text
from indexer.query.request import SearchRequest
from indexer.query.source import Found, Plan, View

Find = Callable[[Query, Plan], Found]

_MAX_READ = 64  # queries that are kept as they were read
_MAX_ADDRESS = 2_000  # characters
# An address as it is pasted: scheme, host, path.
_ADDRESS = re.compile(r"""(?i)<?((https?://)?([^\s/<>"@]+)(/[^\s<>"]*)?)>?""")
_TREE_CURE = "Use the fields that `indexer.index.schema` has, and terms as `--explain` shows them."


@dataclass(frozen=True)
class ReadQuery:
    """A query as it was read. `tree` finds all of the words, one word as it was typed before its other forms;
    `notes` come beside the parser's. `is_text`: no tree of a script's; `reusable`: it is kept for the next
    search. `begun_read` reads the last word as the beginning of one, `begun_ranked` lets that rank."""

    parsed: ParsedQuery
    tree: Query
    by_relevance: bool
    is_text: bool
    reusable: bool
    notes: tuple[Note, ...] = ()
    begun_read: Callable[[], ParsedQuery | None] = lambda: None
    begun_ranked: Callable[[ParsedQuery], ParsedQuery] = lambda parsed: parsed

    @lazy
    def some(self) -> Query | None:
        """What finds articles with some of the words, those with all among them; None where an article
        cannot lack one."""
        return with_some(self.parsed)

    @lazy
    def _begun(self) -> ParsedQuery | None:
        return self.begun_read()

    @lazy
    def beginning(self) -> Prefix | None:
        """The pattern that stands for the words which begin with the last one."""
        return beginning_of(self._begun.query) if self._begun else None

    @lazy
    def begun(self) -> Query:
        """The tree with the last word as the beginning of one; nothing where it is finished."""
        if self._begun is None or self.beginning is None:
            return NullQuery
        return self.begun_ranked(self._begun).query

    @property
    def begun_unranked(self) -> Query:
        """A tree that finds the same as `begun`, in no order: it costs less."""
        return self._begun.query if self._begun and self.beginning is not None else NullQuery

    @lazy
    def last_word(self) -> Word | None:
        """The word that may be the beginning of another one, if it is one that an article may lack."""
        words, begun = self.parsed.words, self._begun.words if self._begun else ()
        return words[-1] if words and begun and begun[-1].typed == f"{words[-1].typed}*" else None

    @lazy
    def _all_or_begun(self) -> Query:
        return Or([self.tree, self.begun]) if self.beginning is not None else self.tree

    @lazy
    def _all_or_begun_unranked(self) -> Query:
        return Or([self.tree, self.begun_unranked]) if self.beginning is not None else self.tree

    @lazy
    def _some_or_begun(self) -> Query | None:
        return with_some(self.parsed, self.beginning if self.last_word else None)

    def some_of(self, unfinished: bool) -> Query:
        """Return what has some of the words, `unfinished` for the last one also as the beginning of one;
        nothing where an article cannot lack a word."""
        tree = self._some_or_begun if unfinished else self.some
        return NullQuery if tree is None else tree

    def asked(self, match: str, *, unfinished: bool, ranked: bool = True) -> Query:
        """Return what has all that is asked for, or for `any`, some of it. One that need not be `ranked`
        finds the same."""
        if match == "any" and (tree := self.some_of(unfinished)) is not NullQuery:
            return tree
        if not unfinished:
            return self.tree
        return self._all_or_begun if ranked else self._all_or_begun_unranked

    def find_in(self, view: View) -> Find:
        """Return what searches a view; a script's own tree may ask for anything, and is refused with a
        RequestError where it cannot be evaluated."""
        if self.is_text:  # then an error is the index's, damaged or worse: no fault of the tree's
            return view.find

        def find(tree: Query, plan: Plan) -> Found:
            try:
                return view.find(tree, plan)
            except BackfileError:
                raise
            except Exception as error:  # Whoosh has no common base for what it cannot do
                raise RequestError(
                    f"the query tree cannot be evaluated: {type(error).__name__}: {error}",
                    where=repr(tree),
                    cure=_TREE_CURE,
                ) from error

        return find


class Moment(NamedTuple):
    """What is searched, when, and until when."""

    view: View
    now: datetime
    deadline: Deadline = NO_DEADLINE


class QueryReader:
    """Reads the queries of requests, and keeps what it read for one view. Safe to share between threads."""

    def __init__(self, expansion_limit: int) -> None:
        self._limit = expansion_limit
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[object, ...], ReadQuery] = OrderedDict()
        self._read_for: Callable[[], View | None] = lambda: None  # the view that these are of

    def read(self, request: SearchRequest, at: Moment, *, keep: bool = True) -> ReadQuery:
        """Read the query of `request`, or take what was read a moment ago."""
        text, view, now = request.query, at.view, at.now
        if not isinstance(text, str):
            parsed = ParsedQuery(text=repr(text), query=text)
            query = ReadQuery(parsed, text, asks_for_text(text), is_text=False, reusable=False)
            return self._broadened(query, at) if request.broaden else query
        key = (text, now.date(), request.broaden)  # relative dates move with the day
        with self._lock:
            if self._read_for() is not view:  # what a query is broadened by moves with the generation
                self._read.clear()
                self._read_for = weakref.ref(view)
            known = self._read.get(key)
            if known is not None:
                self._read.move_to_end(key)
                return known
        query = article_at(text, view, reusable=keep) or read_text(text, view, now, reusable=keep)
        if request.broaden:
            query = self._broadened(query, at)
        if keep and not (request.broaden and at.deadline.has_cut):
            with self._lock:
                if self._read_for() is not view:  # nobody will ask for it again
                    return query
                query = self._read.setdefault(key, query)  # another thread may have been faster
                if len(self._read) > _MAX_READ:
                    self._read.popitem(last=False)
        return query

    def _broadened(self, query: ReadQuery, at: Moment) -> ReadQuery:
        """Return a query with words of the best articles that have some of its words. Filters play no part
        in that: counts must not change the words."""
        if not query.by_relevance:
            return query
        from indexer.query.assist.broadening import DOCUMENTS, broaden, feedback  # noqa: PLC0415 - few are

        view, deadline = at.view, at.deadline
        some = query.parsed.query if query.some is None else query.some
        plan = Plan(size=DOCUMENTS, expansion_limit=self._limit, deadline=deadline)
        page = query.find_in(view)(some, plan).page
        if deadline.cuts():
            return query
        words = feedback(view.articles(page.keys), page.scores, view)
        if not words.weights:
            return query
        tree = broaden(query.parsed.query, words, query.parsed.required)
        parsed = replace(query.parsed, words=())  # of those that are found by now, an article may lack any
        return replace(query, parsed=parsed, tree=tree, notes=(words.note,), begun_read=lambda: None)


def article_at(text: str, view: View, *, reusable: bool = False) -> ReadQuery | None:
    """Return what finds the article of which `text` is an address; None where it is no article's.

    Nothing else is found: most words of an address are in all of its publisher's. Without its scheme an
    address has a path, for `bbc.com` alone is a provider."""
    pasted = _ADDRESS.fullmatch(text.strip()) if len(text) <= _MAX_ADDRESS and "." in text else None
    if pasted is None:
        return None
    address, scheme, host, path = pasted.groups()
    if "." not in host or not (scheme or (path or "/") != "/"):
        return None
    (key,) = view.resolve([url_identity(address if scheme else f"https://{address}")])
    if key is None:
        return None
    tree = ConstantScoreQuery(Term("id", view.ids([key])[0]), 1.0)
    parsed = ParsedQuery(text, tree, (Note(NoteKind.ADDRESS, say("the article at this address")),))
    return ReadQuery(parsed, tree, by_relevance=False, is_text=True, reusable=reusable)


def read_text(text: str, view: View, now: datetime, *, reusable: bool = False) -> ReadQuery:
    """Return a query as it is read."""
    analyzer, seen = view.analyzer, weakref.ref(view)  # it is kept for longer than a view

    def begun_ranked(parsed: ParsedQuery) -> ParsedQuery:
        own = seen()
        return ranked(parsed, own) if own else parsed

    parsed = parse(text, analyzer, now)
    by_relevance = asks_for_text(parsed.query)
    tree = parsed.query if parsed.form is None else AndMaybe(parsed.query, parsed.form)
    return ReadQuery(
        parsed,
        tree,
        by_relevance,
        is_text=True,
        reusable=reusable,
        begun_read=lambda: parse_begun(text, analyzer, now),
        begun_ranked=begun_ranked,
    )
