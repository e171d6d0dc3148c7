"""The search page and the JSON API: `Settings` -> a WSGI application.

    from indexer.config_file import load_settings
    from search_web import create_app

    app = create_app(load_settings("config.toml"))

`create_blueprint` returns the same as a Flask blueprint, to be mounted in another app; `search_web.wsgi:app`
is the entry for a WSGI server.

`search_web` knows HTTP and nothing of the index: it asks an `indexer` Archive and shows what comes
back. A request goes one way: `address` reads it, `pages` or `api` asks the archive, `views` turn the
answer into plain values with their links, a template prints them.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from search_web.app import create_app
    from search_web.mount import create_blueprint

__all__ = ["create_app", "create_blueprint"]

if not TYPE_CHECKING:  # a type checker would take any name for one that is here

    def __getattr__(name: str) -> Any:
        """Import Flask and the rest with the first use of either."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from search_web.app import create_app  # noqa: PLC0415 - see above
        from search_web.mount import create_blueprint  # noqa: PLC0415

        return {"create_app": create_app, "create_blueprint": create_blueprint}[name]
