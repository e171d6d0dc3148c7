"""The words that follow `backfile` go in; the command that they name runs, and its exit status comes out.

`main` is the console script. `COMMANDS` is the one table of commands; each names the module that
defines it, which is imported when the command is run or its help is shown. Such a module imports what
the command needs within the command, so that its help is shown at once. The exit statuses are those of
`indexer.errors`; `EXIT_STATUSES` says what each means.
"""

from collections.abc import Mapping

from indexer.cli.group import EXIT_STATUSES, CommandLine, LazyCommand, repeat_dropped_interruptions

__all__ = ["COMMANDS", "EXIT_STATUSES", "command_line", "main"]

COMMANDS: Mapping[str, LazyCommand] = {
    "index": LazyCommand("indexer.cli.indexing", "index_archive", "Bring the index in line with an archive."),
    "search": LazyCommand("indexer.cli.searching", "search", "Find articles."),
    "show": LazyCommand("indexer.cli.reading", "show", "Print one article."),
    "related": LazyCommand("indexer.cli.reading", "related", "List what goes with an article."),
    "story": LazyCommand("indexer.cli.reading", "story", "List the copies and versions of an article."),
    "export": LazyCommand("indexer.cli.exporting", "export", "Write all that a search finds to a file."),
    "cite": LazyCommand("indexer.cli.exporting", "cite", "Print a reference to an article or a search."),
    "suggest": LazyCommand("indexer.cli.searching", "suggest", "Suggest what a beginning may mean."),
    "facets": LazyCommand("indexer.cli.searching", "facets", "Count articles by topic, provider, date..."),
    "timeline": LazyCommand("indexer.cli.timelines", "timeline", "Count what queries find over time."),
    "overview": LazyCommand("indexer.cli.timelines", "overview", "Summarize what a query finds."),
    "compare": LazyCommand("indexer.cli.timelines", "compare", "Put two providers or topics side by side."),
    "eval": LazyCommand("indexer.cli.evaluating", "evaluate", "Grade the answers against known good ones."),
    "check": LazyCommand("indexer.cli.indexing", "check", "List rejected files, and what is odd."),
    "stats": LazyCommand("indexer.cli.reading", "stats", "Show what is indexed, and since when."),
    "serve": LazyCommand("search_web.serve", "serve", "Serve the search page."),
}


def command_line() -> CommandLine:
    """Return a click group of all commands."""
    return CommandLine(COMMANDS)


def main(program: str = "backfile") -> None:
    """Run the command line with the words of the process, and exit."""
    repeat_dropped_interruptions()
    command_line().main(prog_name=program)
