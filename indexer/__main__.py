"""`python -m indexer`: the command line without `serve`, for where there is no web."""

from indexer.cli import command_line

if __name__ == "__main__":
    command_line().main(prog_name="python -m indexer")
