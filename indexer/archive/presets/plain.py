"""Files of no generator: an address is what the file itself says, and a `status` may withdraw it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.archive.presets.preset import Page, Rules, hidden_status


@dataclass(frozen=True, slots=True)
class PlainRules(Rules):
    """See `Rules`. `slugs` says whether a bare `slug` is an address: it is where the site's is known."""

    slugs: bool = False

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        slug = page.text("slug")
        fits = slug and not any(c in slug for c in " :{}")
        return slug if fits and (slug.startswith("/") or self.slugs) else None

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        return hidden_status(page)
