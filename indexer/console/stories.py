"""Stories, written for a person: an article's copies and versions, and in a line below a hit."""

from __future__ import annotations

from indexer.console.page import DIM, TITLE, Page
from indexer.console.text import amount, day
from indexer.query.answers.story import Story

_MOST_NAMED = 6  # outlets in the line below a hit


def write_story(page: Page, story: Story) -> None:
    """Write an article's story: its members, the earliest first."""
    page.wrapped(story.article.title, style=TITLE)
    if len(story) == 1:
        page.line("No other article is nearly the same text.")
        return
    page.line(f"{amount(len(story), 'article')} that are nearly one text, the earliest first", style=DIM)
    for member in story:
        page.line()
        page.wrapped(member.title, indent=2)
        about = " · ".join(
            filter(None, [member.provider.name if member.provider else "", day(member.published_at)])
        )
        if about:
            page.wrapped(about, style=DIM, indent=2)
        page.line(member.url or member.id, style=DIM, indent=2)


def also_in(story: Story) -> str:
    """Return where else the story of a hit is, in a line; nothing where it is nowhere else."""
    if len(story) == 1:
        return ""
    outlets = dict.fromkeys(other.provider.name for other in story.others if other.provider)
    names = ", ".join(list(outlets)[:_MOST_NAMED]) + (", …" if len(outlets) > _MOST_NAMED else "")
    count = amount(story.other_outlets, "outlet") if story.other_outlets else ""
    told = count or amount(len(story.others), "more version")
    return f"Also in {told}: {names}" if names and count else f"Also in {told}"
