"""Text -> query tree. Give me what a reader typed, I return a ParsedQuery: never an error.

    either  := both ("OR" both)*
    both    := unary ("AND"? unary)*
    unary   := ("NOT" | "-")* operand
    operand := (field ":")? ( "(" either ")" | phrase | word ) suffix*

`lexer` cuts the text into lexemes whose parentheses balance and are not too deep, `leaves` makes
the words, phrases and filters, and here they are combined. Every list of alternatives is an Or,
every list of requirements an And, and exclusions are one AndNot, of Every where nothing else is
asked for. A query of words alone takes a short path, to the same tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from whoosh.query import And, AndNot, Every, Or, Query, Term

from indexer.analysis import Analyzer, is_plain
from indexer.index.schema import TEXT
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.language.leaves import Leaves, Part, boosted
from indexer.query.language.lexer import (
    MAX_CHARACTERS,
    OPERATORS,
    Kind,
    Lexeme,
    Notebook,
    lex,
    simplified,
    usable,
)
from indexer.query.language.tree import asks_for_text, scaled, word_pairs

_SHORT = 1_000  # characters of a query on the short path, which spares a query of plain words 3% of its time
_ENDS = (Kind.END, Kind.CLOSE, Kind.OR)


def parse(text: str, analyzer: Analyzer, now: datetime) -> ParsedQuery:
    """Return what `text` asks for. `now` is what `date:"last 30 days"` counts from.

    Any text gives a query, in time that grows with its length; an empty one asks for everything.
    """
    if len(text) <= _SHORT and is_plain(text) and (query := _plain_query(text, analyzer)) is not None:
        pairs = word_pairs([query] if type(query) is Term else query.children())
        return ParsedQuery(text, query, pairs=pairs)
    return parse_by_grammar(text, analyzer, now)


def parse_by_grammar(text: str, analyzer: Analyzer, now: datetime) -> ParsedQuery:
    """Return the same as `parse`, without the short path for plain words."""
    given = simplified(usable(text))
    for keep_stops in (False, True):
        notebook = Notebook()
        if len(text) > MAX_CHARACTERS:
            notebook.dropped(f"the query is cut after {MAX_CHARACTERS:,} characters")
        lexemes = lex(given, notebook)
        leaves = Leaves(analyzer, now, notebook, shouts=_shouts(lexemes, analyzer), keep_stops=keep_stops)
        parser = _Parser(lexemes, leaves, notebook)
        part = parser.either(TEXT)
        query = _tree(part)
        # Stop words count where there is nothing else to look for: "the who topic:music".
        if not parser.stops_dropped or asks_for_text(query):
            break
    if part is None and given.strip():
        notebook.dropped("nothing is left to search for, so every article is found")
    return ParsedQuery(text, query, notebook.notes(), pairs=tuple(parser.pairs))


def _plain_query(text: str, analyzer: Analyzer) -> Query | None:
    """Return the query of different plain words without stop words and acronyms, or None for any other."""
    terms: dict[str, Term] = {}
    words = analyzer.surfaces(text)
    for word in words:
        if word.text in OPERATORS or analyzer.is_query_stop(word) or word.parts or word.acronym:
            return None
        terms[word.term] = Term(TEXT, word.term)
    if len(terms) < len(words):
        return None
    return And(list(terms.values())) if len(terms) > 1 else next(iter(terms.values()), None)


def _shouts(lexemes: list[Lexeme], analyzer: Analyzer) -> bool:
    return analyzer.shouts(" ".join(one.text for one in lexemes if one.kind in (Kind.WORD, Kind.PHRASE)))


class _Parser:
    """Recursive descent over balanced lexemes; the lexer has limited how deep it can go."""

    def __init__(self, lexemes: list[Lexeme], leaves: Leaves, notebook: Notebook) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._leaves = leaves
        self._notebook = notebook
        self.stops_dropped = False
        self.pairs: dict[tuple[str, str], None] = {}

    def either(self, field: str) -> Part | None:
        """Read alternatives up to the end or a closing parenthesis."""
        found: list[Part] = []
        while True:
            part = self._both(field)
            if part is not None:
                found.append(part)
            if self._kind() is not Kind.OR:
                break
            self._operator(nothing_before=part is None)
        if len(found) < 2:
            return found[0] if found else None
        self._notebook.read("OR: any of its sides will do")
        self._pair(found)
        return Part(_joined(Or, [_tree(part) for part in found]))

    def _both(self, field: str) -> Part | None:
        parts: list[Part] = []
        while self._kind() not in _ENDS:
            if self._kind() is Kind.AND:
                self._operator(nothing_before=not parts)
            else:
                parts += self._unary(field)
        return self.all_of(parts)

    def all_of(self, parts: list[Part]) -> Part | None:
        """Return all of `parts` at once; stop words beside other words do not restrict."""
        asked = [part for part in parts if not part.stops]
        stops = tuple(word for part in parts for word in part.stops)
        if not asked:
            return Part(_joined(And, [part.query for part in parts]), stops=stops) if parts else None
        for word in stops:
            self.stops_dropped = True
            self._notebook.dropped(f"'{word}' is too common to restrict the search")
        self._pair(asked)
        wanted = [part.query for part in asked if not part.negated]
        unwanted = [part.query for part in asked if part.negated]
        if not unwanted:
            return Part(_joined(And, wanted))
        left_out = _joined(Or, unwanted)
        return Part(AndNot(_joined(And, wanted), left_out)) if wanted else Part(left_out, negated=True)

    def _pair(self, parts: list[Part]) -> None:
        """Remember which words stand side by side, stop words between them aside."""
        queries = [Every() if part.negated else part.query for part in parts]
        self.pairs.update(dict.fromkeys(word_pairs(queries)))

    def _unary(self, field: str) -> list[Part]:
        if self._kind() is not Kind.NOT:
            return self._operand(field)
        sign = self._next().text
        while self._kind() is Kind.NOT:
            self._next()
            self._notebook.corrected("a NOT right after another is ignored")
        parts = [] if self._kind() in (*_ENDS, Kind.AND) else self._operand(field)
        inner = self.all_of([part._replace(stops=()) for part in parts])
        if inner is None or isinstance(inner.query, Every):
            self._notebook.dropped(f"'{sign}' has nothing to leave out, so it is ignored")
            return []
        self._notebook.read(f"'{sign}': what follows it is left out")
        return [Part(inner.query, negated=not inner.negated)]

    def _operand(self, field: str) -> list[Part]:
        name = field
        while self._kind() is Kind.FIELD:
            name = self._next().text
        if self._kind() in (Kind.WORD, Kind.PHRASE, Kind.VALUE):
            return self._leaves.read(self._next(), name)
        if self._kind() is Kind.OPEN:
            return self._group(name)
        if name != field and self._kind() is Kind.NOT:  # title:-word
            return self._unary(name)
        if name != field:
            self._notebook.corrected(f"nothing follows '{name}:', so it is read as a word")
            return self._leaves.words(name)
        self._next()
        return []

    def _group(self, field: str) -> list[Part]:
        self._next()
        inner = self.either(field)
        boost = self._leaves.suffixes(self._next()).boost
        return boosted([inner], boost) if inner is not None else []

    def _operator(self, nothing_before: bool) -> None:
        """Take an AND or OR; one with nothing beside it is ignored, with a note."""
        sign = self._next().text
        if nothing_before or self._kind() in (*_ENDS, Kind.AND):
            self._notebook.dropped(f"'{sign}' has nothing beside it, so it is ignored")

    def _kind(self) -> Kind:
        return self._lexemes[self._at].kind

    def _next(self) -> Lexeme:
        lexeme = self._lexemes[self._at]
        self._at += 1
        return lexeme


def _tree(part: Part | None) -> Query:
    if part is None:
        return Every()
    return AndNot(Every(), part.query) if part.negated else part.query


def _joined(kind: type[And] | type[Or], queries: list[Query]) -> Query:
    """Return the one query, or all of them: Ands within an And as one list, repeats as a boost."""
    if kind is And:
        queries = list(_flat(queries))
        queries = [query for query in queries if not isinstance(query, Every)] or queries[:1]
    if len(queries) == 1:
        return queries[0]
    seen: dict[object, tuple[Query, float]] = {}
    for query in queries:
        key, weight = _identity(query)
        first, total = seen.get(key, (query, 0.0))
        seen[key] = first, total + weight
    once = [scaled(query, total / _identity(query)[1]) for query, total in seen.values()]
    return once[0] if len(once) == 1 else kind(once)


def _flat(queries: Iterable[Query]) -> Iterable[Query]:
    for query in queries:
        if type(query) is And:
            yield from query.subqueries
        else:
            yield query


def _identity(query: Query) -> tuple[object, float]:
    """Return what makes two queries the same, and how much one of them weighs."""
    if type(query) is Term:
        return (query.fieldname, query.text), query.boost
    return repr(query), 1.0
