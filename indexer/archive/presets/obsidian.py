"""Obsidian: notes of a vault, titled by their names; Publish serves them under their paths where there is an
address for it."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.archive.presets.folder import SiteFolder, text
from indexer.archive.presets.preset import Page, Preset, Rules

VAULT = ".obsidian"
# Where the folder of templates stands: of the core's templates, and of the plugin that most use instead.
_TEMPLATES = (
    (f"{VAULT}/templates.json", "folder"),
    (f"{VAULT}/plugins/templater-obsidian/data.json", "templates_folder"),
)


@dataclass(frozen=True, slots=True)
class ObsidianRules(Rules):
    """See `Rules`."""

    TITLED_BY_NAME = True
    templates: tuple[str, ...] = ()  # folders, each with a slash at its end
    served: bool = False  # whether there is an address that the notes are published under

    def passes_over(self, path: str) -> str | None:
        """See `Rules`."""
        return next(
            (f"in `{one}`, which holds templates" for one in self.templates if path.startswith(one)), None
        )

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        if not self.served:
            return None
        own = page.text("permalink")
        return "/" + (own.lstrip("/") or page.path.rpartition(".")[0].replace(" ", "+"))

    def redirects(self, page: Page) -> list[str]:
        """See `Rules`."""
        return []  # a note's aliases are other names of it


def _recognise(folder: SiteFolder) -> str | None:
    return f"{VAULT}/" if folder.has_folder(VAULT) else None


def _read(folder: SiteFolder) -> Rules:
    found = (text(folder.values(name).get(key)).strip("/") for name, key in _TEMPLATES if folder.first(name))
    return ObsidianRules(templates=tuple(f"{one}/" for one in found if one))


PRESET = Preset("obsidian", "an Obsidian vault", _recognise, _read, {})
