from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer.config import Settings
from search_web import create_app
from tests.archives import REPOSITORY, settings_for


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture(scope="session")
def corpus_app(corpus_index: Path) -> Iterator[Flask]:
    """The page over the sample archive."""
    given = settings_for(corpus_index.parent)
    app = create_app(
        dataclasses.replace(
            given,
            archive=dataclasses.replace(given.archive, path=REPOSITORY / "corpus"),
            index=dataclasses.replace(given.index, path=corpus_index),
        )
    )
    yield app
    app.extensions["backfile"].close()


@pytest.fixture
def client(corpus_app: Flask) -> FlaskClient:
    return corpus_app.test_client()
