"""Obsidian: notes of a vault, which Publish serves under their paths where there is an address for it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.archive.presets.folder import SiteFolder
from indexer.archive.presets.preset import Page, Preset, Rules

VAULT = ".obsidian"


@dataclass(frozen=True, slots=True)
class ObsidianRules(Rules):
    """See `Rules`."""

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        own = page.text("permalink")
        return "/" + (own.lstrip("/") or page.path.rpartition(".")[0].replace(" ", "+"))

    def redirects(self, page: Page) -> list[str]:
        """See `Rules`."""
        return []  # a note's aliases are other names of it


def _recognise(folder: SiteFolder) -> str | None:
    return f"{VAULT}/" if folder.has_folder(VAULT) else None


PRESET = Preset("obsidian", "an Obsidian vault", _recognise, lambda folder: ObsidianRules(), {})
