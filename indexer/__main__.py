"""`python -m indexer`: the command line, where the script `backfile` is not on the path."""

from indexer.cli import main

if __name__ == "__main__":
    main("python -m indexer")
