"""The house is measured, and one checkout is compared with another, as the pages say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks import answering, before, house, saved
from benchmarks.before import before_section
from benchmarks.checkout import HERE, Checkout
from benchmarks.entered import watch
from benchmarks.house import OTHER, ROWS, THIS, house_section, measure_source, verdict
from benchmarks.peers import Question
from benchmarks.saved import Kept, load_kept, replace_section
from benchmarks.source import imports_of, inside, lines_of_code, rooms_of, shape
from benchmarks.startup import COMMAND, HELP, commands, measure_startup, processor_seconds
from indexer.article import parse_iso
from indexer.cli import COMMANDS

SOURCE = '''"""A module."""

import os  # a comment counts for nothing

NAME = "a # within a text"
TEXT = """two
lines"""


class Thing:
    """What it is,
    in two lines."""

    def __init__(self) -> None:
        """Make it."""
        # nothing
        self.parts = [
            1,

            2,
        ]
'''
PAGE = "# Benchmarks\n\nHead.\n\n## One\n\nText.\n\n### Part\n\n## How noisy\n\nLast.\n"


class TestSource:
    def test_lines_of_code_leave_out_blanks_comments_and_docstrings(self) -> None:
        assert lines_of_code(SOURCE) == 10
        assert lines_of_code("") == 0

    def test_imports_are_arrows_and_their_longest_chain_the_floors(self, tmp_path: Path) -> None:
        for name, text in {
            "top/__init__.py": "from top.room import deep",
            "top/one.py": "from top.room import deep\nimport os",
            "top/two.py": "def f():\n    import top.one",
            "top/room/__init__.py": "",
            "top/room/deep.py": "from os import path",
        }.items():
            (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
            (tmp_path / name).write_text(text)
        arrows = imports_of(tmp_path, "top")
        assert arrows == {"top.one": {"top.room.deep"}, "top.two": {"top.one"}, "top.room.deep": set()}
        size = shape(arrows)
        assert (size.nodes, size.arrows, size.floors) == (3, 2, 3)
        assert rooms_of(arrows) == {"top.one": {"top.room"}, "top.two": {"top.one"}, "top.room": set()}
        assert inside(arrows, "top.room") == {"top.room.deep": set()}
        assert shape({"a": {"b"}, "b": {"a"}}).floors is None

    def test_this_checkout_is_counted(self) -> None:
        found = measure_source(HERE)
        assert found["modules"] >= found["rooms"] >= 1
        assert found["arrows"] >= found["room_arrows"]
        assert 5_000 < found["lines"] < 100_000


class TestEntered:
    def test_a_call_within_one_file_is_no_passage(self) -> None:
        modules, passages = watch(lambda: parse_iso("2020-06-25"))
        assert (modules, passages) == (1, 0)

    def test_libraries_and_tests_are_no_modules_of_the_project(self) -> None:
        assert watch(lambda: json.loads("{}")) == (0, 0)

    def test_a_checkout_is_asked_by_its_own_code(self, tmp_path: Path) -> None:
        found = json.loads(
            Checkout("x", HERE).run("benchmarks.entered", str(HERE / "corpus"), str(tmp_path / "index"))
        )
        assert set(found) == {"search", "page", "index"}
        assert all(modules > 5 and passages > modules for modules, passages in found.values())
        assert found["page"] > found["search"]

    def test_a_checkout_is_compiled_once_as_where_it_is_installed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        assert "PYTHONDONTWRITEBYTECODE" not in Checkout("x", HERE).environment()


class TestStartup:
    def test_the_commands_are_those_that_help_lists(self) -> None:
        assert set(commands(Checkout("x", HERE))) == {*COMMANDS, "serve"}

    def test_a_process_is_charged_for_what_it_does(self, tmp_path: Path) -> None:
        work = Checkout("x", HERE).python("sum(range(3_000_000))")
        assert processor_seconds(work, {}, tmp_path) > processor_seconds(["/bin/true"], {}, tmp_path)

    def test_of_the_commands_the_worst_counts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        costs = {"--help": 2.0, "index": 3.0, "search": 4.0}
        monkeypatch.setattr("benchmarks.startup.commands", lambda _: ["index", "search"])
        monkeypatch.setattr(
            "benchmarks.startup.processor_seconds",
            lambda command, *_: 1.0 if "import" in command[2][:7] and len(command) == 3 else costs.get(command[3], 5.0),
        )  # fmt: skip
        found = measure_startup([Checkout("x", HERE)], {"x": tmp_path}, rounds=2)
        assert (found["x"][HELP], found["x"][COMMAND]) == (2.0, 4.0)


def house_found(**checkouts: float) -> dict[str, Any]:
    names = {"this": THIS, "other": OTHER}
    values = {names[name]: {row.key: value for row in ROWS} for name, value in checkouts.items()}
    return {"date": "2026-01-02", "rounds": 3, "compiled": True, "checkouts": values}


class TestHouse:
    def test_the_section_has_both_checkouts_and_what_was_wanted(self) -> None:
        text = "\n\n".join(house_section(house_found(this=40.0, other=41.5)))
        assert "| a search of two words: modules entered | 40 | 41.50 | 32 | **missed** by 25% |" in text
        assert "| … import arrows between rooms | 40 | 41.50 |  |  |" in text
        assert "| words of the README | 40 | 1,000 | met |" in "\n".join(
            house_section(house_found(this=40.0))
        )
        assert house_section(None) == []

    def test_what_is_wanted_is_met_or_missed(self) -> None:
        row = next(row for row in ROWS if row.key == "lines")
        assert (verdict(row, 19_000), verdict(row, 20_900)) == ("met", "**missed** by 10%")
        assert verdict(ROWS[0], 5) == ""

    def test_the_command_keeps_what_it_finds_and_changes_its_section_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(house, "measure", lambda *_: house_found(this=1.0))
        monkeypatch.setattr(house, "HOUSE", tmp_path / "house.json")
        monkeypatch.setattr(house, "RESULTS", tmp_path / "RESULTS.md")
        (tmp_path / "RESULTS.md").write_text(PAGE)
        assert house.main(["--rounds", "1"]) == 0
        text = (tmp_path / "RESULTS.md").read_text()
        assert text.index("## One") < text.index("## The house") < text.index("## How noisy")
        assert load_kept(tmp_path) == Kept(house=house_found(this=1.0))


class TestPage:
    def test_a_section_is_replaced_where_it_stands(self) -> None:
        once = replace_section(PAGE, ["## New", "first"])
        assert "### Part\n\n## New\n\nfirst\n\n## How noisy" in once
        again = replace_section(once, ["## New", "second", "### More"])
        assert again.count("## New") == 1
        assert "## New\n\nsecond\n\n### More\n\n## How noisy\n\nLast.\n" in again
        assert replace_section("# Head\n", ["## New"]) == "# Head\n\n## New\n"

    def test_what_is_kept_is_in_the_repository_of_results(self) -> None:
        assert saved.RESULTS.parent == HERE / "benchmarks"


class Side:
    """Answers as a process does; each block takes the seconds that it is given."""

    def __init__(self, seconds: float, answer: str | None) -> None:
        self.seconds, self.answer, self.asked = seconds, answer, []  # type: list[Any]

    def ask(self, *words: Any) -> Any:
        self.asked.append(words)
        return self.answer if words[0] == "warm" else [self.seconds] * (words[3] - words[2])


class TestBefore:
    def test_sides_take_turns_and_ratios_say_how_much_faster_this_one_is(self) -> None:
        sides: dict[str, Any] = {before.THIS: Side(1.0, "same"), before.OTHER: Side(2.0, "same")}
        row = before.time_row("words", 30, 2, sides)
        assert (row["p50"]["ratio"], row["p95"]["seconds"], row["alike"]) == (2.0, 1.0, True)
        assert sides[before.THIS].asked[1:] == [("time", "words", 0, 20), ("time", "words", 20, 30)] * 2

    def test_the_section_says_what_is_slower_and_what_differs(self) -> None:
        rows = [
            before.time_row(name, 20, 1, {before.THIS: Side(1.0, "a"), before.OTHER: Side(theirs, answer)})  # type: ignore[dict-item]  # a side that is no process
            for name, theirs, answer in (("words", 0.96, "a"), ("or", 0.5, "b"), ("overview", 1.0, None))
        ]
        build = {"median": 1.0, "low": 0.9, "high": 1.1}
        found = {
            "date": "2026-01-02", "other": "commit 123", "size": 20, "rounds": 1, "rows": rows,
            "reindex": [{"archive": "`x`", "files": 3, "rounds": 1, "seconds": build, "ratio": build}],
        }  # fmt: skip
        text = "\n\n".join(before_section(found))
        assert "| words | 20 | 1000.00 | 1000.00 | 0.96 (0.96–0.96) | 0.96 (0.96–0.96) | same | met |" in text
        assert "0.50 (0.50–0.50) | **differ** | **missed** |" in text
        assert "| `x` | 3 | 1.00 | 1.00 (0.90–1.10) |" in text
        assert before_section(None) == []

    def test_a_checkout_beside_itself_gives_the_same_answers(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert before.main([
            str(HERE), "--size", "150", "--queries", "3", "--rounds", "1", "--builds", "1",
            "--keep", str(tmp_path / "kept"), "--no-write",
        ]) == 0  # fmt: skip
        printed = capsys.readouterr().out
        assert "| words | 3 |" in printed
        assert "| overview | 3 |" in printed
        assert "differ" not in printed
        assert "| 150 generated articles | 150 |" in printed

    def test_a_folder_without_the_project_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SystemExit):
            before.main([str(tmp_path)])

    def test_a_process_that_ends_is_reported(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError, match=r"benchmarks\.answering failed in x"):
            Checkout("x", HERE).run(
                "benchmarks.answering", "build", str(tmp_path / "no"), str(tmp_path / "index")
            )
        with (
            before.answering(Checkout("x", HERE), tmp_path / "no", tmp_path / "none.json") as answerer,
            pytest.raises(RuntimeError, match="has ended"),
        ):
            answerer.ask("warm", "words")

    def test_a_question_is_read_as_it_was_written(self) -> None:
        for question in (
            Question("words", ("a", "b")),
            Question("date", ("a",), topic="T", first=date(2020, 1, 2), last=date(2021, 1, 2), url="u"),
        ):
            again = json.loads(json.dumps(answering.write_question(question)))
            assert answering.read_question(again) == question
