"""Give me the words that follow `backfile`, I run the command that they name.

`command_line()` is a click group whose commands are loaded when they are asked for; whoever knows
more commands (`search_web` adds `serve`) hands them in. The exit statuses are those of
`indexer.errors`; `EXIT_STATUSES` says what each means.
"""

from collections.abc import Mapping

from indexer.cli.group import EXIT_STATUSES, CommandLine, LazyCommand, heed_interruptions

__all__ = ["COMMANDS", "EXIT_STATUSES", "CommandLine", "LazyCommand", "command_line", "heed_interruptions"]

COMMANDS: Mapping[str, LazyCommand] = {
    "index": LazyCommand("indexer.cli.indexing", "index_archive", "Bring the index in line with an archive."),
    "search": LazyCommand("indexer.cli.searching", "search", "Find articles."),
    "show": LazyCommand("indexer.cli.reading", "show", "Print one article."),
    "related": LazyCommand("indexer.cli.reading", "related", "List what goes with an article."),
    "story": LazyCommand("indexer.cli.reading", "story", "List the copies and versions of an article."),
    "suggest": LazyCommand("indexer.cli.suggesting", "suggest", "Suggest what a beginning may mean."),
    "facets": LazyCommand("indexer.cli.searching", "facets", "Count articles by topic, provider, date..."),
    "timeline": LazyCommand("indexer.cli.timelines", "timeline", "Count what queries find over time."),
    "overview": LazyCommand("indexer.cli.timelines", "overview", "Tell in short what a query finds."),
    "compare": LazyCommand("indexer.cli.timelines", "compare", "Put two providers or topics side by side."),
    "eval": LazyCommand("indexer.cli.evaluating", "evaluate", "Grade the answers against known good ones."),
    "check": LazyCommand("indexer.cli.indexing", "check", "List rejected files, and what is odd."),
    "stats": LazyCommand("indexer.cli.reading", "stats", "Tell what is indexed, and since when."),
}


def command_line(more: Mapping[str, LazyCommand] | None = None) -> CommandLine:
    """Return the command line, with `more` commands after our own."""
    return CommandLine({**COMMANDS, **(more or {})})
