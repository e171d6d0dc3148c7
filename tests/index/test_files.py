"""The files of a generation: what is written is read, and what is altered is reported, never read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexer import Settings, check_index, open_archive, reindex
from indexer.errors import BackfileError, IndexDamagedError, IndexOutdatedError
from indexer.index import files
from indexer.index.files import (
    FORMAT_VERSION,
    HEADER,
    KINDS,
    MANIFEST,
    STORIES,
    generation_path,
    open_generation_file,
    save_generation_file,
)
from indexer.index.generation import load_header
from indexer.index.toc import latest_generation, next_generation, read_toc, toc_path
from tests.archives import REPOSITORY, settings_for, write

TOC = "table of contents"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small index whose generation has something in each of its files."""
    settings = settings_for(tmp_path_factory.mktemp("files"))
    root = settings.archive.path
    write(root, "topic.yaml", taxonomy="topic", name="Technology", keywords=["x"])
    for n in range(4):
        text = "A ferry strike has closed the harbour for a week, and the town waits for bread."
        write(
            root,
            f"{n}.md",
            title=f"Ferry strike {n}",
            excerpt=text,
            date=f"2020-01-0{n + 1}",
            topics=["Technology"],
        )
    reindex(settings)
    (root / "0.md").unlink()
    reindex(settings)
    return settings


@pytest.fixture
def index(built: Settings, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(built.index.path, tmp_path / "index"))


def path_of(index: Path, kind: str) -> Path:
    return toc_path(index, 2) if kind == TOC else generation_path(index, kind, 2)


def opener(index: Path, kind: str) -> Callable[[], object]:
    if kind == TOC:
        return lambda: read_toc(index, 2)
    return lambda: open_generation_file(index, kind, 2)


@pytest.mark.parametrize("kind", [*KINDS, TOC])
def test_every_bit_that_is_flipped_is_noticed_when_the_file_is_opened(index: Path, kind: str) -> None:
    path, open_it = path_of(index, kind), opener(index, kind)
    whole = path.read_bytes()
    assert len(whole) > 100
    open_it()
    with path.open("r+b", buffering=0) as stream:
        for at, byte in enumerate(whole):
            for bit in range(8):
                os.pwrite(stream.fileno(), bytes([byte ^ 1 << bit]), at)
                with pytest.raises(IndexDamagedError):
                    open_it()
            os.pwrite(stream.fileno(), bytes([byte]), at)
    open_it()


@pytest.mark.parametrize("kind", [*KINDS, TOC])
@pytest.mark.parametrize("how", ["flipped", "cut", "empty", "missing", "longer", "another's"])
def test_a_damaged_file_is_reported_by_check_and_by_readers_and_built_anew(
    built: Settings, index: Path, kind: str, how: str
) -> None:
    settings = settings_for(index.parent, archive={"path": built.archive.path})
    path = path_of(index, kind)
    whole = path.read_bytes()
    middle = len(whole) // 2
    if how == "missing":
        if kind == TOC:
            pytest.skip("without it there is no generation: see below")
        path.unlink()
    else:
        path.write_bytes({
            "flipped": whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :],
            "cut": whole[:-1],
            "empty": b"",
            "longer": whole + b"\0",
            "another's": path_of(index, HEADER if kind == STORIES else STORIES).read_bytes(),
        }[how])  # fmt: skip
    damaged = check_index(settings).damaged
    assert damaged
    assert path.name in damaged[0]
    if kind != MANIFEST or how != "flipped":  # readers look at no more than its size
        with pytest.raises(IndexDamagedError, match=re.escape(path.name)):
            open_archive(index=index)
    write(built.archive.path, "1.md", title=f"Ferry strike after {kind}", excerpt=f"{how} by a bit")
    reindex(settings)
    assert check_index(settings).damaged == ()
    with open_archive(index=index) as archive:
        assert archive.search("").total == 3


def test_a_header_whose_text_was_altered_is_not_read(index: Path) -> None:
    path = generation_path(index, HEADER, 2)
    path.write_bytes(path.read_bytes().replace(b'"name":"Technology"', b'"name":"Technolog}"'))
    with pytest.raises(IndexDamagedError, match=r"altered \(.*generation-2\.json\)"):
        load_header(index, 2)


def test_what_is_saved_is_opened(tmp_path: Path) -> None:
    arrays = {
        "numbers": np.arange(5, dtype=np.uint32),
        "none": np.zeros(0, np.float64),
        "ids": np.array([b"a", b"\n\n", b""], "S16"),
        "big endian": np.array([1, 2], ">i8"),
    }
    save_generation_file(tmp_path, STORIES, 12, {"a": ["\ud800", 1.5]}, arrays)
    file = open_generation_file(tmp_path, STORIES, 12)
    assert file.meta == {"a": ["\ud800", 1.5]}
    assert list(file) == list(arrays)
    for name, values in arrays.items():
        assert file[name].tolist() == values.tolist()
        assert file[name].dtype == values.dtype.newbyteorder("<")
        assert not file[name].flags.writeable
    assert [path.name for path in tmp_path.iterdir()] == ["stories-12.arrays"]


def test_a_file_that_cannot_be_written_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    save_generation_file(tmp_path, STORIES, 1, {"first": True}, {})
    with pytest.raises(TypeError):
        save_generation_file(tmp_path, STORIES, 1, {"second": object()}, {})
    assert open_generation_file(tmp_path, STORIES, 1).meta == {"first": True}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_open_is_not_written_to(tmp_path: Path) -> None:
    save_generation_file(tmp_path, STORIES, 1, {}, {"x": np.arange(1000)})
    held = open_generation_file(tmp_path, STORIES, 1)
    save_generation_file(tmp_path, STORIES, 1, {}, {"x": np.arange(3)})
    assert len(held["x"]) == 1000
    assert len(open_generation_file(tmp_path, STORIES, 1)["x"]) == 3


@pytest.mark.parametrize("how", ["a later format", "a header of before the first"])
def test_an_index_of_another_version_is_refused_as_outdated_and_rebuilt(
    built: Settings, index: Path, how: str
) -> None:
    path = generation_path(index, HEADER, 2)
    if how == "a later format":
        rest = path.read_bytes().partition(b"\n")[2]
        crc = zlib.crc32(rest, FORMAT_VERSION + 1)
        path.write_bytes(b'{"backfile":%d,"crc32":"%08x"}\n%s' % (FORMAT_VERSION + 1, crc, rest))
    else:
        path.write_text('{"generation":2,"made_with":"3-5-1"}')
    with pytest.raises(IndexOutdatedError, match="Run `backfile index` to rebuild it"):
        open_archive(index=index)
    settings = settings_for(index.parent, archive={"path": built.archive.path})
    with pytest.raises(IndexOutdatedError):
        check_index(settings)
    assert reindex(settings).rebuilt == "the version or the settings changed"
    assert check_index(settings).damaged == ()


def test_no_number_is_given_twice(built: Settings, index: Path) -> None:
    settings = settings_for(index.parent, archive={"path": built.archive.path})
    before = {path.name for path in index.iterdir() if path.name != "write.lock"}
    toc_path(index, 2).unlink()
    assert latest_generation(index) == -1
    assert next_generation(index) == 3
    (index / "stories-7.arrays.new").touch()  # of a run that was killed
    reindex(settings)
    assert latest_generation(index) == 8
    after = {path.name for path in index.iterdir() if path.name != "write.lock"}
    assert not before & after  # nothing is left of it, and nothing was written over


READER = """
import sys
from indexer import open_archive

archive = open_archive(index=sys.argv[1])
held = archive.search("ferry", collapse=True)
print(archive.search("ferry").total, flush=True)
for line in sys.stdin:
    if line == "held\\n":
        print(held.total, sum(len(hit.story) for hit in held), len(held[0].article.title), flush=True)
    else:
        found = archive.search("ferry", collapse=True)
        print(found.total, len(archive.suggest("fer").to_json()) > 0, flush=True)
"""


def test_a_reader_survives_a_lost_table_of_contents_and_the_run_after_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    for n in range(300):
        write(root, f"{n}.md", title=f"Ferry {n}", excerpt="harbour board " * 50, date="2020-01-01")
    reindex(settings)
    folder = settings.index.path
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", READER, str(folder)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:

        def ask(question: str) -> str:
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write(f"{question}\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert reader.stdout
        assert reader.stdout.readline() == "300\n"
        found = ask("now")
        toc_path(folder, 1).unlink()
        assert ask("now") == found
        for n in range(10, 300):
            (root / f"{n}.md").unlink()
        reindex(settings, allow_loss=True)
        held = ask("held")
        assert held.split()[0] == found.split()[0]
        assert int(held.split()[1]) >= 10
        assert int(ask("now").split()[0]) <= 10
        assert reader.stdin
        reader.stdin.close()
        assert reader.wait(30) == 0


def test_every_error_of_a_file_names_the_file(tmp_path: Path) -> None:
    for kind in KINDS:
        with pytest.raises(BackfileError, match=f"missing \\(.*{kind}-3\\."):
            files.open_generation_file(tmp_path, kind, 3)


def test_a_file_cut_short_after_it_was_opened_is_reported(tmp_path: Path) -> None:
    """To read beyond the end of a mapped file would end the process."""
    save_generation_file(tmp_path, STORIES, 1, {}, {"some": np.arange(9_000), "more": np.arange(9_000)})
    opened = open_generation_file(tmp_path, STORIES, 1)
    assert opened["some"][-1] == 8_999
    os.truncate(opened.path, 100)
    with pytest.raises(IndexDamagedError, match="cut short to 100 bytes"):
        opened["more"]
