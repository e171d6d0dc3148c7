"""What is used of NLTK, imported without SciPy.

To import any part of NLTK is to import all of it, and for one measure that nobody asks for here that
imports SciPy's statistics, where they are installed: more than all the rest of Backfile takes to start.
"""

from __future__ import annotations

import sys
from typing import Any

_WITHOUT = "scipy"


def _fisher_exact(*args: Any, **kwargs: Any) -> Any:
    """Import SciPy when it is called: whoever else uses NLTK in this process misses nothing."""
    from scipy.stats import fisher_exact  # noqa: PLC0415 - for this it is put off

    return fisher_exact(*args, **kwargs)


_hides = "nltk" not in sys.modules and _WITHOUT not in sys.modules
if _hides:
    sys.modules[_WITHOUT] = None  # type: ignore[assignment]  # so an import of it fails, and NLTK does without
try:
    from nltk.metrics import association
    from nltk.stem.snowball import SnowballStemmer
finally:
    if _hides:
        del sys.modules[_WITHOUT]
if _hides:
    association.fisher_exact = _fisher_exact

BigramAssocMeasures = association.BigramAssocMeasures

__all__ = ["BigramAssocMeasures", "SnowballStemmer"]
