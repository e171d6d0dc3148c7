"""Parameters that are drawn by chance, through every address: each request is answered or refused in a sentence.
In the usual tests some hundreds; `make explore` draws 100,000 others."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import quote_from_bytes, quote_plus

from flask.testing import FlaskClient

from indexer.facets import FACETS
from indexer.query.parameters import PARAMETERS
from tests.archives import EXPLORES
from tests.fuzzing import Fuzz

REQUESTS = 28_000 if EXPLORES else 300  # of some four parameters each
SEED = random.randrange(2**32) if EXPLORES else 1
ADDRESSES = (
    "/search", "/search", "/", "/timeline", "/overview", "/compare", "/article/{}", "/help", "/about",
    "/api/v1/search", "/api/v1/search", "/api/v1/article/{}", "/api/v1/related/{}", "/api/v1/related", "/api/v1/story/{}", "/api/v1/suggest",
    *(f"/api/v1/facets/{name}" for name in FACETS), "/api/v1/facets/{}", "/api/v1/timeline", "/api/v1/overview", "/api/v1/compare", "/api/v1/stats",
)  # fmt: skip
NAMES = (
    *PARAMETERS, "q", "q", "a", "b", "by", "interval", "kind", "title", "excerpt", "text", "url", "date", "utm_source", "", "q[]",
)  # fmt: skip
FOR = {
    "/compare": ("by", "a", "b"),
    "/suggest": ("q", "size", "kind"),
    "/related": ("title", "text", "date", "size"),
}


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def _address(fuzz: Fuzz) -> tuple[str, int]:
    """Return an address with parameters, and how many these are."""
    dice = fuzz.dice
    path = dice.choice(ADDRESSES).replace("{}", quote_from_bytes(fuzz.value().encode("utf-8", "replace")))
    own = next((names for end, names in FOR.items() if path.endswith(end)), ())
    names = [name for name in own if dice.randrange(4)]
    names += dice.choices(NAMES, k=dice.randrange(0 if own else 2, 6))
    pairs = [f"{_quoted(name)}={_quoted(fuzz.value())}" for name in names]
    if not dice.randrange(20):
        pairs.append(dice.choice(("%", "%zz=1", "q=%ff%fe", "&&", "=", "q", "q=%00", "page=%2B1")))
    return f"{path}?{'&'.join(pairs)}", len(pairs)


def test_any_parameter_is_answered_or_refused(
    client: FlaskClient, record_property: Callable[[str, object], None]
) -> None:
    fuzz, parameters = Fuzz(SEED), 0
    statuses: dict[int, int] = {}
    for number in range(REQUESTS):
        address, count = _address(fuzz)
        parameters += count
        response = client.get(address)
        where = f"seed {SEED}, request {number}: {address!r}"
        assert response.status_code in (200, 301, 302, 308, 400, 404), where
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], where
        if address.startswith("/api/"):
            if response.status_code in (400, 404):
                assert set(response.json["error"]) == {"code", "message", "status"}, where
                assert response.json["error"]["message"].endswith((".", "?")), where
            elif response.status_code == 200 and response.mimetype == "application/json":
                assert isinstance(response.json, dict), where
        elif response.status_code == 200:
            assert response.text.rstrip().endswith("</html>"), where
    assert min(statuses.get(200, 0), statuses.get(400, 0)) > REQUESTS / 20, statuses
    record_property("fuzzed", ("parameters", parameters))
