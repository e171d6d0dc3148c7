"""`search_web.wsgi:app`: the search page for any WSGI server.

    BACKFILE_CONFIG=/srv/news/config.toml gunicorn search_web.wsgi:app

The settings are those of the file that the environment variable BACKFILE_CONFIG names; without it, of the
`config.toml` in the folder that the server is started in.
"""

from __future__ import annotations

import os

from indexer.config_file import load_settings
from search_web.app import create_app

app = create_app(load_settings(os.environ.get("BACKFILE_CONFIG") or None))
