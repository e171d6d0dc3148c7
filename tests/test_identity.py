"""An address has one identity, however it is taken apart."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import identity

PARTS = [
    "www.", "amp.", "a", "b-c", "example", ".com", ".org", "cdn.ampproject.org", "/", "//", "amp", ".amp", "/amp",
    ".amphtml", "/c/s/", "index.html", "~me", "%20", "%2F", "?", "&", "=", "amp=1", "utm_source=x", "#", ":80", ":443",
    "@", ";", "A", "é", "[", "]", " ", ".", "..", "\\", "_", "+", ",",
]  # fmt: skip
addresses = st.builds(
    str.__add__, st.sampled_from(["https://", "http://", "HTTP://", "//", ""]),
    st.lists(st.sampled_from(PARTS), max_size=8).map("".join),
)  # fmt: skip


@given(addresses | addresses.map("https://a-example.cdn.ampproject.org/c/s/a.example/".__add__))
def test_a_usual_address_is_read_as_any_other(address: str) -> None:
    quick = identity.normalise_url(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_USUAL_URL", re.compile("(?!)"))
        assert quick == identity.normalise_url(address)


def test_usual_addresses_are_usual() -> None:
    for address in (
        "https://www.a.example/2020/story-1.html",
        "http://b.example",
        "https://b.example/a%20b/",
    ):
        assert identity._USUAL_URL.fullmatch(address)
    copy = "https://a-example.cdn.ampproject.org/c/s/a.example/x"
    assert not identity._USUAL_URL.fullmatch(copy)


@given(st.text())
def test_an_identity_is_base_32_of_the_hash(key: str) -> None:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=10).digest()
    assert identity.identity(key) == base64.b32encode(digest).decode().lower()
