"""The search page and the JSON API: give me `Settings`, I return a WSGI application.

    from indexer.config import load_settings
    from search_web import create_app

    app = create_app(load_settings("config.toml"))

`search_web` knows HTTP and nothing of the index: it asks an `indexer` Archive and shows what comes
back. A request goes one way: `params` reads the address, `pages` or `api` asks the archive,
`contexts` turns the answer into plain values with their links, a template prints them.
"""

from search_web.app import create_app

__all__ = ["create_app"]
