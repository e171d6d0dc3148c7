"""One article, one identity: the canonical URL, normalised and hashed.

AMP pages and the copies that AMP caches hold are the same article as the page they were made from,
so their addresses normalise to that page's wherever the address alone tells.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from indexer.invisible import without_invisible

_DIGEST_BYTES = 10  # 80 bits: among ten million articles a clash has odds of one in 10**10
# Base 32 as RFC 4648 has it, in lower case, two letters at a time: `base64` takes half as long again.
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_SHIFTS = (30, 20, 10, 0)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Parameters that say how a reader came, not what is read; `amp` and its kin name the AMP page.
_NOISE = re.compile(r"(?i)^(utm_.+|fbclid|gclid|amp|outputtype|_amp|amp_js_v)$")
_AMP_PATH_END = re.compile(r"(?i)(/amp/?|\.amp|\.amphtml|/amphtml/?)$")
# An AMP cache's copy of such a page.
_USUAL_COPY = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+cdn\.ampproject\.org/(?:[civ]|wp)/(?:s/)?([A-Za-z0-9/._~%+,=-]+)"
)
# No port, user, query, fragment, capital in the host; no cache of AMP's, which ends in `project.org`.
_USUAL_URL = re.compile(
    r"https?://(?![^/]*project\.org(?:/|$))([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9/._~%+,=-]*)?"
)
_AMP_CACHE = re.compile(r"(?i)^/(?:[civ]|wp)/(?:s/)?(.+)$")


def normalise_url(url: str) -> str:
    """Return `url` without what does not tell one article from another.

    Scheme, `www.`, letter case of the host, default port, fragment, a slash at the end, tracking
    parameters and the marks of an AMP page go; the other parameters are put in order. Text that
    is no absolute http(s) address comes back stripped, as it is.
    """
    usual = _USUAL_URL.fullmatch(url)
    if usual:  # nine of ten: the same as below, without taking it apart
        host, path = usual.groups(default="")
        return _plain_host(host) + _plain_path(path)
    copy = _USUAL_COPY.fullmatch(url)
    if copy:  # seven of ten of the rest
        return normalise_url(f"https://{copy.group(1)}")
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # an unclosed [ or a port that is no number
        return text
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return text
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = _AMP_CACHE.match(parts.path)
        if inner:
            return normalise_url(f"https://{inner.group(1)}" + (f"?{parts.query}" if parts.query else ""))
    host = _plain_host(host)
    if port is not None and str(port) != _DEFAULT_PORTS[parts.scheme.lower()]:
        host = f"{host}:{port}"
    path = _plain_path(parts.path)
    pairs = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.match(k)]
    return host + path + (f"?{urlencode(sorted(pairs))}" if pairs else "")


def _plain_host(host: str) -> str:
    for prefix in ("www.", "amp."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    return host


def _plain_path(path: str) -> str:
    if "amp" in path.lower():  # (which is found in a seventh of the time)
        path = _AMP_PATH_END.sub("", path)
    return path.rstrip("/")


def identity(key: str) -> str:
    """Return the id of what `key` names (a normalised URL, or a path): 16 letters and digits."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
    halves = int.from_bytes(digest[:5], "big"), int.from_bytes(digest[5:], "big")
    return "".join([_PAIRS[half >> shift & 1023] for half in halves for shift in _SHIFTS])


def url_identity(url: str) -> str:
    """Return the id of the article at `url`."""
    return identity(normalise_url(url))


def text_identity(title: str, published_at: datetime | None) -> str:
    """Return the id by which an article without a URL is known: its title and its date."""
    moment = published_at.astimezone(UTC).isoformat() if published_at else ""
    return identity(f"text:{' '.join(without_invisible(title).casefold().split())}\n{moment}")


def path_identity(path: str) -> str:
    """Return the id of an article that has no URL: that of its file's path in the archive."""
    return identity(f"file:{path}")
