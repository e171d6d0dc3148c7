"""Front matter, and the site that it is published on -> an article's addresses and those of its images.

An absolute address is taken as it is. A relative one is one on the site: it becomes a link where the site's
own address is known, and is kept as it is where that is not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from indexer.archive import values
from indexer.archive.presets.plain import PlainRules
from indexer.archive.presets.preset import Page
from indexer.archive.site import Site, is_address, is_relative
from indexer.archive.values import FieldValues
from indexer.archive.withheld import REFERENCE


def urls_of(read: FieldValues, site: Site, page: Page | None, note: Callable[[str, str], None]) -> list[str]:
    """Return an article's addresses, the canonical one first: absolute ones, then that on the site.

    `page` is None for an article that has no page of its own. What is no address is reported to `note`.
    """
    data, urls, relative = read.data, [], []
    for name in read.names("url"):
        value = data[name]
        if not value or values.is_null(value):
            continue
        url = values.url_of(value)
        if url is not None:
            urls.append(url)
        elif name not in REFERENCE and isinstance(value, str) and site.takes(value.strip()):
            relative.append(value.strip())
        elif values.flag_of(value) is not False:  # `permalink: false` says that there is no page
            note("bad_url", f"{values.shown(value)} is not an http or https address")
    if not relative and (page is None or (urls and type(site.rules) is PlainRules)):
        return urls  # most articles of the reference dialect
    address = site.address(page) if page else None
    relative = [address] if address else [one for one in relative if is_address(one)]
    return list(dict.fromkeys((*urls, *map(site.link, relative))))


def redirects(page: Page, site: Site) -> list[str]:
    """Return the other addresses that a file says its page had."""
    addresses = ((values.url_of(address), address) for address in site.rules.redirects(page))
    return [url or site.link(address) for url, address in addresses if url or is_address(address)]


def image_reader(page: Page | None, site: Site, urls: list[str]) -> Callable[[Any], str | None]:
    """Return what gives the address of an image of the article with these addresses, as `image_address`."""
    if not site.base_url:
        return values.url_of
    return partial(image_address, site=site, bundle=_bundle_of(page, site, urls))


def _bundle_of(page: Page | None, site: Site, urls: list[str]) -> str:
    """Return the address, with a slash at its end, of an article whose folder holds its images as well; empty
    for others."""
    if page is None or not site.base_url or page.stem != "index" or not page.folder or not urls:
        return ""
    return f"{urls[-1].rstrip('/')}/"


def image_address(value: Any, site: Site, bundle: str = "") -> str | None:
    """Return the address of an image: an absolute one, or a path on a site whose address is known. One
    without a slash at its head begins at the article's own address where that is a `bundle`."""
    url = values.url_of(value)
    if url is None and site.base_url and isinstance(value, str) and is_relative(value.strip()):
        path = value.strip()
        url = values.url_of(f"{bundle}{path}" if bundle and path[0] != "/" else site.link(path))
    return url
