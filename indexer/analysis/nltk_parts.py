"""What is used of NLTK: two of its modules, imported without the packages that they lie in.

To import any part of NLTK is to import all of it, and SciPy's statistics where they are installed. Without
them a worker of a run starts in 1,860 million instructions instead of 2,450 million (`benchmarks.before`).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_PACKAGES = ("nltk", "nltk.corpus", "nltk.metrics", "nltk.stem")
_WITHOUT = "scipy"


def _parts() -> tuple[Any, Any]:
    from nltk.metrics.association import BigramAssocMeasures  # noqa: PLC0415 - twice, if it must be
    from nltk.stem.snowball import SnowballStemmer  # noqa: PLC0415 - as above

    return BigramAssocMeasures, SnowballStemmer


@contextlib.contextmanager
def _bare_packages() -> Iterator[None]:
    """Put packages that import nothing in the place of NLTK's own. What was imported from them is forgotten
    in the end: whoever else uses NLTK in this process imports all of it."""
    spec = find_spec("nltk")
    (folder,) = (spec and spec.submodule_search_locations) or ("",)
    for name in _PACKAGES:
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [os.path.join(folder, *name.split(".")[1:])]
    sys.modules["nltk.corpus"].stopwords = None  # type: ignore[attr-defined]  # which the stemmer names
    hides = _WITHOUT not in sys.modules
    if hides:
        sys.modules[_WITHOUT] = None  # type: ignore[assignment]  # so an import of it fails
    try:
        yield
    finally:
        if hides:
            del sys.modules[_WITHOUT]
        for name in [name for name in sys.modules if name.partition(".")[0] == "nltk"]:
            del sys.modules[name]


try:
    with contextlib.nullcontext() if "nltk" in sys.modules else _bare_packages():
        BigramAssocMeasures, SnowballStemmer = _parts()
except ImportError:  # the modules of another release may need more of it
    BigramAssocMeasures, SnowballStemmer = _parts()

__all__ = ["BigramAssocMeasures", "SnowballStemmer"]
