"""The console script `backfile`: indexer's commands, and `serve`."""

from __future__ import annotations

from indexer.cli import LazyCommand, command_line, heed_interruptions

COMMANDS = {"serve": LazyCommand("search_web.serve", "serve", "Serve the search page.")}


def main() -> None:
    """Run `backfile` with the words of the process, and exit."""
    heed_interruptions()
    command_line(COMMANDS).main(prog_name="backfile")


if __name__ == "__main__":
    main()
