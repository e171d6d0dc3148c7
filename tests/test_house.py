"""What the project says of itself holds: settings, documents, errors, names."""

from __future__ import annotations

import ast
import inspect
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import whoosh.index
from nltk.stem.snowball import SnowballStemmer
from whoosh.query import Term

from indexer import errors, load_settings, open_archive
from indexer.analysis import Analyzer
from indexer.checks import SOURCE_KINDS
from indexer.codec.codec import ArraySegment
from indexer.config import SETTINGS
from indexer.errors import BackfileError, ConfigError
from indexer.facets import VALUE_FACETS
from indexer.fields import DEFAULT_FIELDS
from indexer.index import schema
from indexer.index.schema import KeysField, WordsField, build_schema
from indexer.index.toc import ArchiveIndex
from indexer.languages import STEMMED
from indexer.query.archive import SOURCES
from tests.archives import REPOSITORY


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout
    return [REPOSITORY / name for name in listed.splitlines() if (REPOSITORY / name).is_file()]


class TestSettings:
    def test_the_sample_file_has_every_setting_with_its_default_and_its_help(self) -> None:
        text = (REPOSITORY / "config.toml").read_text(encoding="utf-8")
        given = tomllib.loads(text)
        for setting in SETTINGS:
            assert given[setting.section][setting.name] == setting.default
            assert f"# {setting.help}" in text
        assert {name: tuple(names) for name, names in given["archive"]["fields"].items()} == dict(
            DEFAULT_FIELDS
        )

    def test_the_sample_file_gives_the_defaults(self, tmp_path: Path) -> None:
        (tmp_path / "empty.toml").write_text("")
        defaults = load_settings(tmp_path / "empty.toml")
        sample = load_settings(REPOSITORY / "config.toml")
        assert sample.search == defaults.search
        assert sample.web == defaults.web
        assert sample.archive.fields == defaults.archive.fields

    def test_relative_paths_start_at_the_files_folder(self, tmp_path: Path) -> None:
        (tmp_path / "c.toml").write_text('[archive]\npath = "a"\n[index]\npath = "i"\n')
        settings = load_settings(tmp_path / "c.toml")
        assert (settings.archive.path, settings.index.path) == (tmp_path / "a", tmp_path / "i")

    def test_some_fields_can_be_mapped_and_the_rest_stays(self, tmp_path: Path) -> None:
        (tmp_path / "c.toml").write_text('[archive.fields]\ntitle = ["kop"]\n')
        fields = load_settings(tmp_path / "c.toml").archive.fields
        assert fields["title"] == ("kop",)
        assert fields["excerpt"] == DEFAULT_FIELDS["excerpt"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("[serch]\n", "unknown section '[serch]'.*Did you mean 'search'"),
            ("[search]\npage_sise = 3\n", "unknown setting 'search.page_sise'.*Did you mean 'page_size'"),
            (
                "[search]\npage_size = 0\n",
                "'search.page_size' = 0 must be between 1 and 1000.*The default is 10",
            ),
            (
                "[search]\npage_size = 200\n",
                "'search.page_size' = 200 is more than 'search.max_page_size' = 100",
            ),
            ("[search]\nmax_page_size = 5\n", "'search.page_size' = 10 is more than"),
            ('[search]\npage_size = "ten"\n', "'search.page_size' must be a whole number, not 'ten'"),
            ("[web]\nimages = 1\n", "'web.images' must be true or false"),
            ("[index]\npath = 3\n", "'index.path' must be a text"),
            ('[index]\npath = " "\n', "must not be empty"),
            ('[index]\nlock_timeout_seconds = "x"\n', "must be a number"),
            ('[source]\nkind = "opensaerch"\n', "is not a kind of source. Did you mean 'opensearch'"),
            ("[source]\nhosts = []\n", "must name at least one address"),
            *(
                (f"[source]\nhosts = ['{host}']\n", f"has '{host}', which is not an address like https://")
                for host in (
                    "search.example:9200",
                    "ftp://a",
                    "http://a:b@c",
                    "https://a:99999",
                    "https://",
                    "http://a?b",
                    "http://a:0",
                )
            ),
            *(
                (
                    f"[source]\nalias = '{alias}'\n",
                    "must be a name in small letters that begins with a letter or a digit",
                )
                for alias in ("", "News", "_news", "-news", "+news", ".news")
            ),
            ("[source]\nalias = 'news, old#'\n", "must not have ' #,' in it"),
            (f"[source]\nalias = '{'ß' * 101}'\n", "must have 200 bytes at most"),
            ('[analysis]\nlanguage = "englisch"\n', "is not a language.*Did you mean 'english'"),
            (
                "[archive.fields]\ntitel = ['x']\n",
                "unknown field 'archive.fields.titel'.*Did you mean 'title'",
            ),
            ("[archive.fields]\ntitle = 'x'\n", "'archive.fields.title' must be a list of names"),
            ("[archive]\nfields = 3\n", "'archive.fields' must be a section"),
            ("search = 3\n", "'search' must be a section"),
            ("[search\n", "not valid TOML"),
        ],
    )
    def test_a_mistake_is_one_sentence_with_a_cure(self, tmp_path: Path, text: str, told: str) -> None:
        file = tmp_path / "config.toml"
        file.write_text(text)
        with pytest.raises(ConfigError, match=re.escape(told).replace(r"\.\*", ".*")) as caught:
            load_settings(file)
        assert str(file) in str(caught.value)
        assert caught.value.cure

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="no such settings file"):
            load_settings(tmp_path / "none.toml")

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(ConfigError, match="not valid TOML"):
            load_settings(tmp_path / "c.toml")

    def test_the_kinds_of_sources_are_those_that_can_be_opened(self) -> None:
        assert tuple(SOURCES) == SOURCE_KINDS

    def test_the_languages_are_those_of_the_stemmer(self) -> None:
        assert set(STEMMED) == set(SnowballStemmer.languages) - {"porter"}
        for language in STEMMED:
            assert Analyzer(language).tokens("One word of 12 letters, naïve café")

    @pytest.mark.parametrize(
        ("given", "read"),
        [("de", "german"), ("German", "german"), ("pt-BR", "portuguese"), ("nb", "norwegian"), ("ja", "japanese"),
         ("Hebrew", "hebrew"), ("zh_Hant_TW", "chinese"), ("kor", "korean"), ("hi", "hindi"), ("iw", "hebrew")],
    )  # fmt: skip
    def test_a_language_is_named_by_its_code_or_in_english(
        self, tmp_path: Path, given: str, read: str
    ) -> None:
        (tmp_path / "c.toml").write_text(f'[analysis]\nlanguage = "{given}"\n')
        assert load_settings(tmp_path / "c.toml").analysis.language == read


class TestErrors:
    CLASSES = tuple(c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, BackfileError))

    @pytest.mark.parametrize("kind", CLASSES)
    def test_each_is_one_sentence_with_where_and_a_cure(self, kind: type[BackfileError]) -> None:
        error = kind("the lamp is out", where="hall", cure="Change the bulb.")
        assert str(error) == "the lamp is out (hall). Change the bulb."
        assert kind.__doc__
        assert kind.exit_status > 0

    def test_each_class_is_raised_in_a_test(self) -> None:
        text = "\n".join(
            path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py")
        )
        for kind in self.CLASSES:
            if kind is not BackfileError:
                assert f"raises({kind.__name__}" in text, f"no test raises {kind.__name__}"

    def test_the_codes_differ(self) -> None:
        codes = [kind.code for kind in self.CLASSES]
        assert len(set(codes)) == len(codes)


class TestFormat:
    def test_module_paths_and_names_of_what_is_pickled_are_part_of_the_format(
        self, corpus_index: Path
    ) -> None:
        assert (WordsField.__module__, WordsField.__qualname__) == ("indexer.index.schema", "WordsField")
        assert (ArraySegment.__module__, ArraySegment.__qualname__) == ("indexer.codec.codec", "ArraySegment")
        assert (KeysField.__module__, KeysField.__qualname__) == ("indexer.index.schema", "KeysField")
        assert set(build_schema().names()) == set(ArchiveIndex(corpus_index).schema.names())

    def test_stock_whoosh_opens_and_reads_an_index(self, corpus_index: Path) -> None:
        with (
            whoosh.index.open_dir(str(corpus_index)).searcher() as searcher,
            open_archive(index=corpus_index) as archive,
        ):
            found = searcher.search(Term("title", "ferri"), limit=None)
            titles = {json.loads(hit["article"])["title"] for hit in found}
            assert titles == {hit.article.title for hit in archive.search("title:ferry", size=100)}
            assert searcher.doc_count() == archive.stats().articles

    def test_the_schema_names_its_fields_in_its_docstring(self) -> None:
        assert "VALUE_FACETS" in (schema.__doc__ or "")
        for name in {*build_schema().names()} - {*VALUE_FACETS}:
            assert name in (schema.__doc__ or "")


def test_no_file_names_a_place_of_a_machine() -> None:
    home = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp/pytest)/\w")
    for path in tracked_files():
        if path.suffix in (".py", ".md", ".toml", ".html", ".css", ".js", "") and "corpus" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            found = home.search(text)
            assert not found or path == Path(__file__), f"{path.name}: {found}"


def test_every_folder_says_what_goes_in_and_what_comes_out() -> None:
    for path in sorted((REPOSITORY / "indexer").rglob("__init__.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        said = re.search(r"go(es)? in\b.*\b(comes? out|runs)", doc.split("\n\n")[0], re.DOTALL)
        assert said or path.parent.name == "indexer", path


def test_the_sample_archive_shows_what_it_is_for(corpus_index: Path) -> None:
    with open_archive(index=corpus_index) as archive:
        stats = archive.stats()
        assert stats.articles - stats.related >= 150
        assert stats.rejected == 3
        assert 15 <= stats.topics <= 20
        assert stats.organizations >= 12
        assert stats.related >= 20
        assert stats.duplicates >= 2
        assert stats.withdrawn >= 1
        assert stats.secured >= 20
        years = (stats.last_date or stats.indexed_at).year - (stats.first_date or stats.indexed_at).year
        assert years >= 4
