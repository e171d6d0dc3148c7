"""Text -> query tree. Whatever a reader types gives a ParsedQuery, never an error.

    either  := both ("OR" both)*
    both    := unary ("AND"? unary)*
    unary   := "+" operand | ("NOT" | "-")* operand
    operand := (field ":")? ( "(" either ")" | phrase | word ) suffix*

`lexer` cuts the text into lexemes whose parentheses balance and are not too deep, `leaves` makes
the words, phrases and filters, and here they are combined. Every list of alternatives is an Or,
every list of requirements an And, and exclusions are one AndNot, of Every where nothing else is
asked for. A query of words alone takes a short path, to the same tree.

Which words an article may lack, where some of the words will do, is said beside the tree (`ParsedQuery`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from whoosh.query import And, AndMaybe, AndNot, Every, NullQuery, NumericRange, Or, Prefix, Query, Term

from indexer.analysis import Analyzer, is_plain
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.parsed import ParsedQuery, Word
from indexer.query.language.dates import REVERSED
from indexer.query.language.leaves import Leaves, Part, boosted
from indexer.query.language.lexer import (
    LOOSE,
    MAX_CHARACTERS,
    OPERATORS,
    Kind,
    Lexeme,
    Notebook,
    lex,
    simplified,
    usable,
)
from indexer.query.language.rewrite import ENDING, QueryText
from indexer.query.language.tree import asks_for_text, scaled, word_pairs

_SHORT = 1_000  # characters of a query on the short path, which spares a query of plain words 3% of its time
_ENDS = (Kind.END, Kind.CLOSE, *LOOSE)


def parse(text: str, analyzer: Analyzer, now: datetime) -> ParsedQuery:
    """Return what `text` asks for. `now` is what `date:"last 30 days"` counts from.

    Any text gives a query, in time that grows with its length; an empty one asks for everything.
    """
    if words := _plain_words(text, analyzer):
        form = Term(TEXT, EXACT + analyzer.surfaces(text)[0].exact) if len(words) == 1 else None
        return _all_of_words(text, words, form)
    return parse_by_grammar(text, analyzer, now)


def parse_begun(text: str, analyzer: Analyzer, now: datetime) -> ParsedQuery | None:
    """Return what `text` asks for with its last word as the beginning of one; None where that is finished,
    see `QueryText.unfinished`."""
    if words := _plain_words(text, analyzer):
        if not ENDING.search(text):
            return None
        typed = words[-1].typed
        return _all_of_words(f"{text}*", [*words[:-1], Word(f"{typed}*", Prefix(TEXT, typed.lower()))])
    longer = QueryText.of_headline(text).begun(analyzer)
    return parse_by_grammar(longer, analyzer, now) if longer else None


def parse_by_grammar(text: str, analyzer: Analyzer, now: datetime) -> ParsedQuery:
    """Return the same as `parse`, without the short path for plain words."""
    given = simplified(usable(text))
    for keep_stops in (False, True):
        notebook = Notebook()
        if len(text) > MAX_CHARACTERS:
            notebook.ignored("the query is cut after {most} characters", most=MAX_CHARACTERS)
        lexemes = lex(given, notebook)
        leaves = Leaves(analyzer, now, notebook, shouts=_shouts(lexemes, analyzer), keep_stops=keep_stops)
        parser = _Parser(given, lexemes, leaves, notebook)
        part = parser.either(TEXT)
        query = _tree(part)
        # Stop words count where there is nothing else to look for: "the who topic:music".
        if not parser.stops_dropped or asks_for_text(query):
            break
    if part is None:
        if given.strip():
            notebook.ignored("nothing is left to search for, so nothing is found")
            query = NullQuery
        return ParsedQuery(text, query, notebook.notes())
    parts = part.parts or (part,)
    wanted = [part for part in parts if not part.negated]
    texts = [part for part in wanted if asks_for_text(part.query)]
    return ParsedQuery(
        text,
        query,
        notebook.notes(),
        form=texts[0].form if len(texts) == 1 else None,
        pairs=tuple(parser.pairs),
        # Words that are too common make no article one that has some of the words.
        words=()
        if leaves.keep_stops
        else tuple(Word(p.typed, p.query) for p in wanted if not (p.required or p.stops or _is_every(p))),
        required=tuple(part.query for part in wanted if part.required),
        excluded=any_of([part.query for part in parts if part.negated]),
    )


def _plain_words(text: str, analyzer: Analyzer) -> list[Word]:
    """Return the words of a query of different plain words, none of them a stop word or an acronym; nothing
    for any other."""
    if len(text) > _SHORT or not is_plain(text):
        return []
    words: dict[str, Word] = {}
    surfaces = analyzer.surfaces(text)
    for surface in surfaces:
        if surface.text in OPERATORS or analyzer.is_query_stop(surface) or surface.parts or surface.acronym:
            return []
        words[surface.term] = Word(surface.text, Term(TEXT, surface.term))
    if len(words) < len(surfaces):
        return []
    return list(words.values())


def _all_of_words(text: str, words: Sequence[Word], form: Term | None = None) -> ParsedQuery:
    """Return the query for all of some words."""
    queries = [word.query for word in words]
    query = And(queries) if len(queries) > 1 else queries[0]
    return ParsedQuery(text, query, pairs=word_pairs(queries), words=tuple(words), form=form)


def _is_every(part: Part) -> bool:
    return isinstance(part.query, Every)


def any_of(queries: Sequence[Query]) -> Query | None:
    """Return any of `queries`, None where there are none; one that stands twice counts twice."""
    return _joined(Or, list(queries)) if queries else None


def with_some(parsed: ParsedQuery, begun: Query | None = None) -> Query | None:
    """Return what finds articles with some of the words of a query, those with all of them among them; None
    where an article cannot lack a word. What the last word is the beginning of, `begun`, is as good as it.

    A word is enough, or what is required, where that is looked for in texts (a phrase, a field, `+word`).
    """
    words = [word.query for word in parsed.words]
    has_text = any(map(asks_for_text, parsed.required))
    if len(words) + has_text < 2 or not words:
        return None
    if begun is not None:
        words[-1] = Or([words[-1], begun])
    tree = _joined(Or, words)
    if has_text:
        tree = AndMaybe(_joined(And, list(parsed.required)), tree)
    elif parsed.required:
        tree = And([tree, *parsed.required])
    return tree if parsed.excluded is None else AndNot(tree, parsed.excluded)


def _shouts(lexemes: list[Lexeme], analyzer: Analyzer) -> bool:
    return analyzer.shouts(" ".join(one.text for one in lexemes if one.kind in (Kind.WORD, Kind.PHRASE)))


class _Parser:
    """Recursive descent over balanced lexemes; the lexer has limited how deep it can go."""

    def __init__(self, text: str, lexemes: list[Lexeme], leaves: Leaves, notebook: Notebook) -> None:
        self._text = text
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
        last, is_joined = 0, False  # where the parts of the last operand begin; whether AND stands before
        while self._kind() not in _ENDS:
            if self._kind() is Kind.AND:
                is_joined = self._operator(nothing_before=not parts)
                parts[last:] = [p._replace(required=p.required or is_joined) for p in parts[last:]]
            else:
                last = len(parts)
                found = self._unary(field)
                parts += [p._replace(required=True) for p in found] if is_joined else found
                is_joined = False
        return self.all_of(parts)

    def all_of(self, parts: list[Part]) -> Part | None:
        """Return all of `parts` at once; stop words beside other words do not restrict."""
        asked = [part for part in parts if not part.stops]
        stops = tuple(word for part in parts for word in part.stops)
        if not asked:
            return Part(_joined(And, [part.query for part in parts]), stops=stops) if parts else None
        for word in stops:
            self.stops_dropped = True
            self._notebook.dropped(
                "{words} is too common to restrict the search",
                "{words} are too common to restrict the search",
                word,
            )
        self._pair(asked)
        wanted = [part.query for part in asked if not part.negated]
        unwanted = [part.query for part in asked if part.negated]
        if len(asked) == 1:
            return asked[0]
        if _are_reversed(wanted):
            self._notebook.ignored(REVERSED)
        if not unwanted:
            return Part(_joined(And, wanted), parts=tuple(asked))
        left_out = _joined(Or, unwanted)
        if not wanted:
            return Part(left_out, negated=True, parts=tuple(asked))
        return Part(AndNot(_joined(And, wanted), left_out), parts=tuple(asked))

    def _pair(self, parts: list[Part]) -> None:
        """Remember which words stand side by side, stop words between them aside."""
        queries = [Every() if part.negated else part.query for part in parts]
        self.pairs.update(dict.fromkeys(word_pairs(queries)))

    def _unary(self, field: str) -> list[Part]:
        if self._kind() is Kind.PLUS:
            self._next()
            if self._kind() in (*_ENDS, Kind.AND, Kind.NOT, Kind.PLUS):
                self._notebook.dropped("'+' has nothing to require, so it is ignored")
                return []
            self._notebook.read("'+': what follows it is required")
            return [part._replace(required=True, stops=()) for part in self._operand(field)]
        if self._kind() is not Kind.NOT:
            return self._operand(field)
        sign = self._next().text
        while self._kind() is Kind.NOT:
            self._next()
            self._notebook.corrected("a NOT right after another is ignored")
        parts = [] if self._kind() in (*_ENDS, Kind.AND) else self._operand(field)
        inner = self.all_of([part._replace(stops=()) for part in parts])
        if inner is None or isinstance(inner.query, Every):
            self._notebook.dropped("'{sign}' has nothing to leave out, so it is ignored", sign=sign)
            return []
        self._notebook.read("'{sign}': what follows it is left out", sign=sign)
        return [Part(inner.query, negated=not inner.negated)]

    def _operand(self, field: str) -> list[Part]:
        name, start = field, self._at
        while self._kind() is Kind.FIELD:
            name = self._next().text
        if self._kind() in (Kind.WORD, Kind.PHRASE, Kind.VALUE):
            return self._typed(self._leaves.read(self._next(), name), name, start)
        if self._kind() is Kind.OPEN:
            return self._typed(self._group(name), name, start)
        if name != field and self._kind() is Kind.NOT:  # title:-word
            return self._unary(name)
        if name != field:
            self._notebook.corrected("nothing follows '{word}', so it is read as a word", word=f"{name}:")
            return self._leaves.words(name)
        self._next()
        return []

    def _typed(self, parts: list[Part], field: str, start: int) -> list[Part]:
        """Return the parts of an operand that begins at the lexeme `start`: with what stands for them, and
        required where they are of a field."""
        if field == TEXT and all(part.typed for part in parts):
            return parts
        text = self._text[self._lexemes[start].start : self._lexemes[self._at - 1].end]
        return [p._replace(typed=p.typed or text, required=p.required or field != TEXT) for p in parts]

    def _group(self, field: str) -> list[Part]:
        self._next()
        inner = self.either(field)
        boost = self._leaves.suffixes(self._next()).boost
        if inner is None:
            return []
        return boosted([inner._replace(required=False, typed="", parts=())], boost)

    def _operator(self, nothing_before: bool) -> bool:
        """Take an AND or OR, and return whether it joins something; one with nothing beside it is ignored,
        with a note."""
        sign = self._next().text
        if nothing_before or self._kind() in (*_ENDS, Kind.AND):
            self._notebook.dropped("'{sign}' has nothing beside it, so it is ignored", sign=sign)
            return False
        return True

    def _kind(self) -> Kind:
        return self._lexemes[self._at].kind

    def _next(self) -> Lexeme:
        lexeme = self._lexemes[self._at]
        self._at += 1
        return lexeme


def _are_reversed(queries: list[Query]) -> bool:
    """Whether dates that `after` and `before` name leave no day between them."""
    days = [one for one in queries if isinstance(one, NumericRange) and one.fieldname == "day"]
    firsts = [one.start for one in days if one.end is None]
    lasts = [one.end for one in days if one.start is None]
    return bool(firsts and lasts) and max(firsts) > min(lasts)


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
