"""A query of one word -> how many articles have it as it was typed, and in which other forms it was found."""

from __future__ import annotations

from whoosh.query import AndNot, Prefix, Term

from indexer.index.schema import EXACT
from indexer.query.answers.ledger import Forms
from indexer.query.language.rewrite import Edit, QueryText, replaced
from indexer.query.request import SearchRequest
from indexer.query.source import Found, Plan, View

_NAMED = 3  # forms
_MAX_WORDS = 200  # that begin as the forms do, the commonest
_ENDING = 3  # letters of a stem that its forms may lack: the stem `polici` of `policy`
_BEGINNING = 3  # letters at least that all forms begin with


def other_forms(request: SearchRequest, form: Term, found: Found, plan: Plan, view: View) -> Forms | None:
    """Return in which forms beside `form`, the word as typed, `found` was found; None where in none."""
    plan = plan._replace(size=0, after=None, reusable=False, expansion_limit=_MAX_WORDS)
    typed = form.text.removeprefix(EXACT)
    total = view.find(form, plan).total
    if total >= found.total:
        return None
    stem = next(token.term for token in view.analyzer.tokens(typed) if token.exact == typed)
    pattern = Prefix(form.fieldname, stem[: max(_BEGINNING, len(stem) - _ENDING)])
    words = {word.removeprefix(EXACT) for _, word in view.find(pattern, plan).words(pattern)} - {typed}
    forms = sorted(word for word in words if _has_form(word, stem, view))
    without = [(AndNot(Term(form.fieldname, EXACT + word), form), plan) for word in forms]
    totals = [one.total for one in view.totals(without)]
    counts = sorted(zip(forms, totals, strict=True), key=lambda pair: -pair[1])
    named = tuple((word, count) for word, count in counts[:_NAMED] if count)
    return Forms(typed, total, found.total - total, named, _exactly(request, view))


def _has_form(word: str, term: str, view: View) -> bool:
    """Whether a word of the archive is a form of `term`. It is one surface: to tokenize a hundred as texts
    took 8% of a page of `benchmarks.pages` for one word."""
    return any(form.exact == word and form.term == term for form in view.analyzer.surface_forms(word))


def _exactly(request: SearchRequest, view: View) -> SearchRequest:
    """Return the search for the word as it was typed."""
    text = QueryText(request.query if isinstance(request.query, str) else "")
    edits = [Edit(word.start, word.start, "=") for word in text.words(view.analyzer)]
    return request.changed(query=replaced(text.typed, edits), page=1, cursor=None)
