"""The built wheel has everything: installed into a fresh environment it indexes, searches and serves."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.archives import REPOSITORY

SERVED = """
from indexer import load_settings
from search_web import create_app
client = create_app(load_settings(index="index")).test_client()
pages = [client.get(path) for path in ("/search?q=ferry", "/help", "/static/backfile.css", "/api/v1/search?q=ferry")]
print([page.status_code for page in pages])
"""
_NO_NETWORK = ("Temporary failure in name resolution", "NewConnectionError", "Network is unreachable")
_SOURCE = ("indexer", "search_web", "pyproject.toml", "README.md", "LICENSE")


def run(folder: Path, *words: str | Path) -> str:
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and any(sign in done.stdout + done.stderr for sign in _NO_NETWORK):
        pytest.skip("there is no package index to install from")
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_is_whole(tmp_path: Path) -> None:
    source = tmp_path / "source"  # what is built leaves its parts beside the code
    source.mkdir()
    for name in _SOURCE:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copyfile
        copy(REPOSITORY / name, source / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(tmp_path, *pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", "built", source)
    (wheel,) = (tmp_path / "built").glob("backfile-*.whl")
    venv.create(tmp_path / "fresh")
    binaries = tmp_path / "fresh" / "bin"
    run(tmp_path, *pip, "--python", binaries / "python", "install", "--quiet", "--no-compile", wheel)
    assert run(tmp_path, binaries / "backfile", "--version").startswith("backfile")
    run(tmp_path, binaries / "backfile", "index", REPOSITORY / "corpus", "--index", "index")
    assert "Port Halden" in run(
        tmp_path, binaries / "backfile", "search", "facial recognition", "--index", "index"
    )
    assert run(tmp_path, binaries / "python", "-c", SERVED) == "[200, 200, 200, 200]\n"
