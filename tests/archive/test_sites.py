from __future__ import annotations

import dataclasses
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.archive.discover import discover
from indexer.archive.read import read_bytes, read_file
from indexer.archive.records import FileRecord, Kind
from indexer.archive.site import Site, find_site, is_address
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS
from indexer.identity import url_identity
from tests.archive.sites import ELEVENTY, HEXO, HOST, HUGO, JEKYLL, OBSIDIAN, PELICAN, SAMPLES, Sample, post

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def settings_of(folder: Path, kind: str = "auto", base_url: str = "") -> ArchiveSettings:
    return ArchiveSettings(folder, 5_000_000, DEFAULT_FIELDS, kind=kind, base_url=base_url)


def records(folder: Path, site: Site) -> dict[str, FileRecord]:
    """Read all files of an archive; by their paths from the site's folder."""
    settings = settings_of(folder)
    files = list(discover(folder).files)
    site = site.with_paths(source.path for source in files)
    return {
        f"{site.prefix}{source.path}": read_file(folder, source, settings, site=site, now=NOW)
        for source in files
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_articles_of_a_site_are_found_linked_and_dated(sample: Sample, tmp_path: Path) -> None:
    folder = sample.write(tmp_path / "site").resolve()
    site = find_site(settings_of(folder))
    assert site.kind == sample.kind
    found = records(folder, site)
    for path, (address, day) in sample.published.items():
        record = found[path]
        assert record.kind is Kind.ARTICLE, (path, record)
        article = record.found[0].article
        assert article.url == address, path
        if day:
            assert article.published_at is not None, path
            assert str(article.published_at.date()) == day, path
        assert "bad_url" not in {notice.code for notice in record.notices}
    held = {path: record.withdrawn_by for path, record in found.items() if record.withdrawn_by}
    assert {path: by for path, by in held.items() if path in sample.held} == sample.held
    assert not set(held) & set(sample.published)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_a_named_kind_is_that_kind_and_goes_to_other_processes(sample: Sample, tmp_path: Path) -> None:
    folder = sample.write(tmp_path / "site")
    site = find_site(settings_of(folder, sample.kind, f"{HOST}/elsewhere/"))
    assert (site.kind, site.base_url) == (sample.kind, f"{HOST}/elsewhere")
    assert pickle.loads(pickle.dumps(site)) == site
    assert pickle.loads(pickle.dumps(site)).fingerprint == site.fingerprint
    (tmp_path / "empty").mkdir()
    assert find_site(settings_of(tmp_path / "empty", sample.kind)).kind == sample.kind


def test_a_configuration_is_looked_for_in_two_folders_above_and_never_past_a_git(tmp_path: Path) -> None:
    JEKYLL.write(tmp_path)
    deep = tmp_path / "_posts" / "a" / "b"
    deep.mkdir(parents=True)
    assert find_site(settings_of(deep.parent)).prefix == "_posts/a/"
    assert find_site(settings_of(deep)).kind == "plain"
    (tmp_path / "_posts" / ".git").mkdir()
    assert find_site(settings_of(tmp_path / "_posts")).kind == "plain"
    (tmp_path / ".git").mkdir()
    assert find_site(settings_of(tmp_path)).kind == "jekyll"


def test_a_broken_configuration_leaves_the_defaults_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("title: [\n")
    (tmp_path / "_posts").mkdir()
    site = find_site(settings_of(tmp_path))
    assert site.kind == "jekyll"
    assert "_config.yml is not valid YAML" in site.why
    (tmp_path / "_config.yml").unlink()
    (tmp_path / "pelicanconf.py").write_text("def (")
    assert "pelicanconf.py is not valid Python" in find_site(settings_of(tmp_path)).why


def test_settings_of_backfile_are_no_site_of_hugo(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[archive]\npath = "news"\n')
    assert find_site(settings_of(tmp_path)).kind == "plain"
    (tmp_path / "config.toml").write_text('baseURL = "https://a.example"\n')
    assert find_site(settings_of(tmp_path)).kind == "hugo"


def test_a_vault_in_a_site_is_the_site(tmp_path: Path) -> None:
    HUGO.write(tmp_path)
    (tmp_path / "content" / ".obsidian").mkdir()
    assert find_site(settings_of(tmp_path / "content")).kind == "hugo"


def test_a_vault_that_is_published_has_addresses(tmp_path: Path) -> None:
    folder = OBSIDIAN.write(tmp_path)
    found = records(folder, find_site(settings_of(folder, base_url="https://publish.example/town")))
    note = found["Town/The Harbour.md"].found[0]
    assert note.article.url == "https://publish.example/town/Town/The+Harbour"
    assert found["Boats.md"].found[0].aliases == ()  # other names, no addresses


JEKYLL_STYLES = {
    "date": "/town/2020/06/05/a-walk.html",
    "pretty": "/town/2020/06/05/a-walk/",
    "ordinal": "/town/2020/157/a-walk.html",
    "weekdate": "/town/2020/W23/FRI/a-walk.html",
    "none": "/town/a-walk.html",
    "/:year/:title": "/2020/a-walk",
    "/blog/:short_year/:i_month/:slug/": "/blog/20/6/a-walk/",
    "/:unknown/": None,
}


@pytest.mark.parametrize(("style", "address"), JEKYLL_STYLES.items())
def test_permalinks_of_jekyll(style: str, address: str | None, tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(f"permalink: {style}\n")
    record = read_in(tmp_path, "_posts/2020-06-05-a-walk.md", post("A walk", "categories: Town\n"))
    assert record.found[0].article.url == address


def read_in(root: Path, path: str, text: str, kind: str = "auto", base_url: str = "") -> FileRecord:
    """Read a text as a file of the site at `root`."""
    settings = settings_of(root, kind, base_url)
    return read_bytes(path, text.encode(), settings, site=find_site(settings), now=NOW)


HUGO_PATTERNS = {
    "/:year/:month/:day/:slug/": "/2020/06/05/a-walk-along-the-sea/",
    "/:sections/:filename/": "/news/sea/walk/",
    "/:sections[1:]/:contentbasename/": "/sea/walk/",
    "/:section/:yearday/:monthname/:title/": "/news/157/june/a-walk-along-the-sea/",
    "/:nonsense/": None,
}


@pytest.mark.parametrize(("pattern", "address"), HUGO_PATTERNS.items())
def test_permalinks_of_hugo(pattern: str, address: str | None, tmp_path: Path) -> None:
    (tmp_path / "hugo.yaml").write_text(f"permalinks:\n  page:\n    news: {pattern}\n")
    record = read_in(
        tmp_path, "content/news/sea/walk.md", post("A Walk, along the Sea", "date: 2020-06-05\n")
    )
    assert record.found[0].article.url == address


HUGO_TITLES = {
    "L'été & C++ – 100%": "/lété-c-100/",
    "a_b~c #d @e": "/a_b~c-#d-@e/",
    "x/y z": "/x-y-z/",
    "A -- b - c": "/a--b-c/",
    "a + b": "/a--b/",
    "a.b…c": "/a.bc/",
    "½ №5 ♥ 日本語 i": "/5-日本語-i/",
}


@pytest.mark.parametrize(("title", "address"), HUGO_TITLES.items())
def test_titles_are_slugs_in_hugo(title: str, address: str, tmp_path: Path) -> None:
    (tmp_path / "hugo.yaml").write_text("permalinks: {page: {news: '/:slug/'}}\n")
    record = read_in(tmp_path, "content/news/walk.md", f'---\ntitle: "{title}"\n---\nText.\n')
    assert record.found[0].article.url == address


@pytest.mark.parametrize(
    ("name", "of_name", "of_slug"),
    [
        ("Upper Case & Co", "upper-case--co", "upper-case-co"),
        ("a -- b", "a----b", "a--b"),
        ("e½ f", "e-f", "e-f"),
        ("v1.2+x", "v1.2+x", "v1.2+x"),
        ("50% y", "50-y", "50-y"),
    ],
)
def test_names_and_slugs_of_hugo(name: str, of_name: str, of_slug: str, tmp_path: Path) -> None:
    (tmp_path / "hugo.yaml").write_text("baseURL: ''\n")
    assert read_in(tmp_path, f"content/{name}.md", post("A")).found[0].article.url == f"/{of_name}/"
    slugged = post("A", f"slug: '{name}'\n")
    assert read_in(tmp_path, "content/a.md", slugged).found[0].article.url == f"/{of_slug}/"


def test_hugo_ignores_files_and_renders_not_all(tmp_path: Path) -> None:
    patterns = r"['\.bak\.md$', 'content/old/', '^drafts/', '(x+)+y', '[']"
    (tmp_path / "hugo.yaml").write_text(f"ignoreFiles: {patterns}\n")
    ignored = {
        "content/a.bak.md": True,
        "content/old/a.md": True,
        "content/drafts/a.md": False,  # Hugo's paths begin at the machine's root
        "content/a.md": False,
        "content/bundle/index.bak.md": True,
        "content/bundle/a.md": False,
    }
    for path, is_ignored in ignored.items():
        record = read_in(tmp_path, path, post("A"))
        assert record.kind is (Kind.PASSED_OVER if is_ignored else Kind.ARTICLE), path
    site = find_site(settings_of(tmp_path))
    assert not site.bundles_of(["content/bundle/index.bak.md", "content/bundle/a.md"])
    for line in ("build: {render: link}", "_build:\n  render: never"):
        assert read_in(tmp_path, "content/b.md", post("B", f"{line}\n")).kind is Kind.WITHDRAWN, line


def test_ugly_addresses_and_languages_of_hugo(tmp_path: Path) -> None:
    (tmp_path / "hugo.toml").write_text(
        "uglyURLs = true\ndefaultContentLanguage = 'en'\n[languages.en]\n[languages.fr]\n"
        "[languages.de]\ncontentDir = 'content/german'\n"
    )
    addresses = {
        "content/a.md": "/a.html",
        "content/a.fr.md": "/fr/a.html",
        "content/german/a.md": "/de/a.html",
        "content/b/index.fr.md": "/fr/b.html",
        "content/v1.2.md": "/v1.2.html",
        "elsewhere/a.md": None,
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A", "date: 2020-01-01\n")).found[0].article.url == address, path


def test_a_folder_of_content_may_have_its_language_by_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "hugo.toml").write_text(
        "defaultContentLanguage = 'en'\n[languages.en]\ncontentDir = 'content/english'\n"
        "[languages.pt-br]\ncontentDir = 'content/portuguese'\n"
    )
    languages = {"content/english/a.md": "en", "content/portuguese/a.md": "pt-BR", "content/a.md": None}
    for path, language in languages.items():
        article = read_in(tmp_path, path, post("A", "date: 2020-01-01\n")).found[0].article
        assert article.language == language, path
    named = read_in(tmp_path, "content/portuguese/a.md", post("A", "date: 2020-01-01\nlang: fr\n"))
    assert named.found[0].article.language == "fr"


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("_config.yml", "permalink: pretty\nlang: de_AT\n", "de-AT"),
        ("_config.yml", "permalink: pretty\n", ""),
        ("_config.yml", "permalink: pretty\nlang: [php]\n", ""),
        ("_config.yml", "permalink: :title/\nnew_post_name: :title.md\nlanguage: [zh-CN, en]\n", "zh-CN"),
        ("_config.yml", "permalink: :title/\nnew_post_name: :title.md\nlanguage: default\n", ""),
        ("hugo.toml", "defaultContentLanguage = 'nl'\n", "nl"),
        ("hugo.toml", "languageCode = 'en-us'\n", ""),  # as `hugo new site` writes it
        ("pelicanconf.py", "DEFAULT_LANG = 'fr'\n", "fr"),
        ("pelicanconf.py", "AUTHOR = 'Ada'\n", ""),
        ("docusaurus.config.js", "module.exports = {i18n: {defaultLocale: 'ja', locales: ['ja']}};\n", "ja"),
        ("docusaurus.config.js", "module.exports = {};\n", ""),
    ],
)
def test_a_configuration_names_the_language_of_its_site(
    name: str, text: str, language: str, tmp_path: Path
) -> None:
    for folder in ("_posts", "content", "source/_posts", "docs"):
        if (folder == "source/_posts") == ("new_post_name" in text):
            (tmp_path / folder).mkdir(parents=True)
    (tmp_path / name).write_text(text)
    site = find_site(settings_of(tmp_path))
    assert site.kind != "plain"
    assert site.rules.main_language == language
    assert dataclasses.replace(
        site, rules=dataclasses.replace(site.rules, main_language="hu")
    ).fingerprint != (site.fingerprint)


def test_content_of_hugo_may_be_mounted_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "_default"
    folder.mkdir(parents=True)
    (tmp_path / "content").mkdir()
    (folder / "hugo.toml").write_text(
        "baseURL = ''\n[[module.mounts]]\nsource = 'content/en'\ntarget = 'content'\n"
        "[[module.mounts]]\nsource = 'notes'\ntarget = 'content/notes'\nlang = 'de'\n"
    )
    (folder / "languages.de.toml").write_text("contentDir = 'content/de'\n")
    addresses = {
        "content/en/a.md": "/a/",
        "notes/a.md": "/de/notes/a/",
        "content/de/a.md": "/de/a/",
        "content/a.md": None,
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A", "date: 2020-01-01\n")).found[0].article.url == address, path


def test_names_and_slugs_of_pelican(tmp_path: Path) -> None:
    configuration = (
        "ARTICLE_URL = '{date:%Y}/{category}/{slug}/'\nSLUGIFY_SOURCE = 'basename'\nDEFAULT_CATEGORY = 'News'\n"
        "FILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'\n"
    )
    (tmp_path / "pelicanconf.py").write_text(configuration)
    addresses = {
        "content/2020-01-02_the-ferry.md": "/2020/news/the-ferry/",
        "content/Boats & oars/2020-01-03 Bread.md": "/2020/boats-oars/2020-01-03-bread/",
        "content/2020-01-03 Хлеб.md": None,
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A")).found[0].article.url == address, path
    (tmp_path / "pelicanconf.py").write_text(configuration + "SLUGIFY_USE_UNICODE = True\n")
    article = read_in(tmp_path, "content/2020-01-03 Хлеб.md", post("A"), base_url=HOST).found[0].article
    assert article.url == f"{HOST}/2020/news/2020-01-03-%D1%85%D0%BB%D0%B5%D0%B1/"


def test_a_pattern_of_a_configuration_that_may_take_for_ever_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "pelicanconf.py").write_text(
        "FILENAME_METADATA = '(?P<slug>(a+)+)$'\nSLUG_REGEX_SUBSTITUTIONS = [('(a+)+$', ''), ('b', '')]\n"
    )
    name = "a" * 60 + "!"
    assert read_in(tmp_path, f"content/{name}.md", post(name)).found[0].article.url == f"/{'a' * 60}.html"


def test_plugins_of_docusaurus_have_parts_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "docusaurus.config.ts").write_text(
        "const baseUrl = 'https://elsewhere.example';\nexport default {url: 'https://a.example', baseUrl: '/',\n"
        "trailingSlash: true, presets: [['classic', {docs: false, blog: {path: './news'}}]],\n"
        "plugins: [['@docusaurus/plugin-content-docs', {id: 'walks', path: 'walks', routeBasePath: '/w'}]]};\n"
    )
    addresses = {
        "walks/01-coast.md": "https://a.example/w/coast/",
        "news/2020-01-02-a.md": "https://a.example/blog/2020/01/02/a/",
        "docs/a.md": None,
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A")).found[0].article.url == address, path


@pytest.mark.parametrize(
    ("sample", "path"),
    [
        (JEKYLL, "_includes/a.md"),
        (JEKYLL, "_data/a.yml"),
        (HUGO, "archetypes/default.md"),
        (HUGO, "themes/x/README.md"),
        (HEXO, "scaffolds/post.md"),
        (HEXO, "source/_data/a.yml"),
        (ELEVENTY, "content/_includes/a.md"),
        (PELICAN, "plugins/x/a.md"),
    ],
    ids=str,
)
def test_folders_without_pages_are_passed_over(sample: Sample, path: str, tmp_path: Path) -> None:
    sample.write(tmp_path)
    for text in (post("A", "date: 2020-01-01\n"), "---\ntitle: {{ title }}\n---\n", ""):
        assert read_in(tmp_path, path, text).kind is Kind.PASSED_OVER
    reference = post("A", "date: 2020-01-01\nwebUrl: https://a.example/1\n")
    if path.endswith(".md"):
        assert read_in(tmp_path, path, reference).kind is Kind.ARTICLE
    topic = "taxonomy: topic\nname: Boats\n"
    if path.endswith(".yml"):
        assert read_in(tmp_path, path, topic).kind is Kind.TOPIC


def test_data_files_of_folders_say_permalinks_in_eleventy(tmp_path: Path) -> None:
    (tmp_path / "eleventy.config.js").write_text("export default function () {}\n")
    for folder, name, data in (
        ("news", "news.json", '{"permalink": "/n/{{ page.fileSlug }}/"}'),
        ("walks", "walks.11tydata.js", "export default {permalink: data => data.slug};"),
        ("shops", "shops.11tydata.js", "export default {permalink: ({page}) => `/s/${page.fileSlug}/`};"),
        ("boats", "boats.11tydata.js", "export default {tags: ['boats']}; // no permalink"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(data)
    addresses = {
        "news/2020-01-02-ferry.md": "/n/ferry/",
        "walks/coast.md": None,
        "shops/bread.md": "/s/bread/",
        "boats/oars.md": "/boats/oars/",
        "_posts/bread.md": "/_posts/bread/",
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A")).found[0].article.url == address, path


ELEVENTY_SLUGS = {
    "café & bar": "cafe-and-bar",
    "don't": "dont",
    "What's new in v2.0": "whats-new-in-v2-0",
    "Größe & ça: a Test!": "groesse-and-ca-a-test",
    "C++ & F#": "c-and-f",
    "привет": "privet",
    "Щука, объект ЖЁЛТЫЙ": "schuka-obyekt-zhyoltiy",
    "Βόλος και Ψάρια": "bolos-kai-psaria",
    "fooBar 100%": "foobar-100",
    "Æther in ŁÓDŹ, I ♥ it": "aether-in-lodz-i-love-it",
    "Don’t": "don-t",
    "hello 世界": None,  # not spelt in Latin surely
    "œuvre": None,
    "5 €": None,
    "…": None,
}


@pytest.mark.parametrize(("title", "slug"), ELEVENTY_SLUGS.items())
def test_titles_are_slugs_in_eleventy(title: str, slug: str | None, tmp_path: Path) -> None:
    (tmp_path / "eleventy.config.js").write_text("export default {};\n")
    permalink = 'permalink: "/blog/{{ title | slugify }}/"\n'
    record = read_in(tmp_path, "a.md", f'---\ntitle: "{title}"\n{permalink}---\nText.\n')
    assert record.found[0].article.url == (slug and f"/blog/{slug}/")


@pytest.mark.parametrize(("title", "slug"), [("A  Walk_by - Sea", "a-walk_by-sea"), ("C++", None)])
def test_the_older_filter_of_eleventy_has_plain_names_alone(
    title: str, slug: str | None, tmp_path: Path
) -> None:
    (tmp_path / "eleventy.config.js").write_text("export default {};\n")
    record = read_in(tmp_path, "a.md", post(title, 'permalink: "/{{ title | slug }}/"\n'))
    assert record.found[0].article.url == (slug and f"/{slug}/")


HEXO_CATEGORIES = {
    "E": "/E/",
    "[E, F g]": "/E/F-g/",
    "[[E, F g]]": "/E/F-g/",
    "[[], [E]]": "/E/",
    "[]": "/none/",
    "[[A], [E, F]]": None,  # Hexo takes the one that came last to the site, of all posts
    "[[A, B], D]": None,
}


@pytest.mark.parametrize(("categories", "address"), HEXO_CATEGORIES.items())
def test_categories_in_addresses_of_hexo(categories: str, address: str | None, tmp_path: Path) -> None:
    (tmp_path / "source" / "_posts").mkdir(parents=True)
    (tmp_path / "_config.yml").write_text("permalink: :category/:title/\ndefault_category: none\n")
    record = read_in(tmp_path, "source/_posts/m.md", post("M", f"categories: {categories}\n"))
    assert record.found[0].article.url == (address and f"{address}m/")


def test_a_file_without_a_date_in_its_name_is_no_post_of_jekyll(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("collections_dir: all\n")
    dated = {
        "_posts/2020-06-05-a-walk.md": True,
        "_posts/sea/2020-6-5-a-walk.md": True,
        "all/_posts/2020-06-05-a-walk.md": True,
        "_posts/a-walk.md": False,
        "town/_posts/a-walk.md": False,
        "all/_posts/2020-06-a-walk.md": False,
    }
    for path, is_post in dated.items():
        record = read_in(tmp_path, path, post("A walk", "date: 2020-06-05\n"))
        assert record.kind is (Kind.ARTICLE if is_post else Kind.PASSED_OVER), path
    assert "no date begins its name" in record.notices[0].text


def test_versions_of_docusaurus(tmp_path: Path) -> None:
    (tmp_path / "docusaurus.config.js").write_text(
        "module.exports = {presets: [['classic', {docs: {path: '../d'}}]]};\n"
    )
    (tmp_path / "versions.json").write_text('["2.0", "1.0"]')
    addresses = {
        "docs/a.md": None,
        "versioned_docs/version-2.0/a.md": "/docs/a",
        "versioned_docs/version-1.0/a.md": "/docs/1.0/a",
    }
    for path, address in addresses.items():
        assert read_in(tmp_path, path, post("A")).found[0].article.url == address, path


def test_a_relative_address_is_kept_and_becomes_a_link_where_the_site_is_known(tmp_path: Path) -> None:
    text = post("A", "permalink: /2020/res 1/\ndate: 2020-01-01\n")
    assert read_in(tmp_path, "a.md", text).notices[0].code == "bad_url"  # a space is in no address
    text = post("A", "permalink: /2020/wörter/\nimage: /i/a.png\ndate: 2020-01-01\n")
    record = read_in(tmp_path, "a.md", text)
    assert record.found[0].article.url == "/2020/wörter/"
    assert (record.notices, record.found[0].article.images) == ((), ())
    article = read_in(tmp_path, "a.md", text, base_url="https://a.example/blog/").found[0].article
    assert article.url == "https://a.example/blog/2020/w%C3%B6rter/"
    assert article.images[0].url == "https://a.example/blog/i/a.png"


def test_images_of_a_bundle_lie_beside_it(tmp_path: Path) -> None:
    HUGO.write(tmp_path)
    text = post("A", "images: [cover.png, /i/a.png, 'https://b.example/1.png']\n")
    images = read_in(tmp_path, "content/notes/bundle/index.md", text).found[0].article.images
    assert [image.url for image in images] == [
        f"{HOST}/notes/bundle/cover.png",
        f"{HOST}/i/a.png",
        "https://b.example/1.png",
    ]
    single = read_in(tmp_path, "content/notes/a.md", text).found[0].article.images
    assert single[0].url == f"{HOST}/cover.png"


@pytest.mark.parametrize("slug", ["a-slug", "/a-slug"])
def test_a_slug_of_plain_files_is_an_address_where_the_site_is_known(slug: str, tmp_path: Path) -> None:
    text = post("A", f"slug: {slug}\ndate: 2020-01-01\n")
    assert read_in(tmp_path, "a.md", text, base_url=HOST).found[0].article.url == f"{HOST}/a-slug"
    assert read_in(tmp_path, "a.md", text).found[0].article.url == (slug if slug[0] == "/" else None)


def test_other_addresses_find_the_article(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(f"url: {HOST}\n")
    front = "redirect_from: [/old/, 'https://elsewhere.example/x']\ndate: 2020-01-01\n"
    found = read_in(tmp_path, "_posts/2020-01-01-a.md", post("A", front)).found[0]
    expected = {url_identity(f"{HOST}/old/"), url_identity("https://elsewhere.example/x")}
    assert set(found.aliases) == expected


def test_related_entries_have_addresses_of_the_site(tmp_path: Path) -> None:
    text = post("A", "date: 2020-01-01\nrelated: [{title: B, url: /b/, date: 2020-01-02}]\n")
    related = read_in(tmp_path, "a.md", text, base_url=HOST).found[0].article.related
    assert [link.url for link in related] == [f"{HOST}/b/"]


WITHHOLDING = [
    "draft: true",
    "draft: 'yes'",
    "draft: maybe",
    "private: 1",
    "unlisted: on",
    "published: false",
    "published: 'no'",
    "published: 'FALSE'",
    "published: 0",
    "published: later",
    "publish: 'false'",
    "headless: true",
    "expiryDate: 2020-01-01",
    "expiryDate: some day",
    "status: draft",
    "status: Private",
    "removed: true",
]
PUBLISHING = [
    "draft: false",
    "draft: 'no'",
    "draft:",
    "private: ~",
    "published: true",
    "published: 2020-01-01",
    "published:",
    "publish: 'yes'",
    "expiryDate: 2099-01-01",
    "expiryDate:",
    "status: published",
    "removed: 0",
]


@pytest.mark.parametrize("line", WITHHOLDING)
def test_what_its_owner_has_not_published_is_withdrawn(line: str, tmp_path: Path) -> None:
    record = read_in(tmp_path, "a.md", post("A", f"date: 2020-01-01\n{line}\n"))
    assert (record.kind, record.withdrawn_by) == (Kind.WITHDRAWN, line.partition(":")[0])


@pytest.mark.parametrize("line", PUBLISHING)
def test_what_its_owner_has_published_is_found(line: str, tmp_path: Path) -> None:
    record = read_in(tmp_path, "a.md", post("A", f"date: 2020-01-01\n{line}\n"))
    assert (record.kind, record.withdrawn_by) == (Kind.ARTICLE, "")
    assert not record.found[0].article.featured


@pytest.mark.parametrize("name", ["webUrl", "originalUrl", "sourceUrl"])
def test_published_is_the_filter_featured_in_the_reference_dialect(name: str, tmp_path: Path) -> None:
    for value, featured in (("false", False), ("true", True)):
        front = f"date: 2020-01-01\n{name}: https://a.example/1\npublished: {value}\n"
        record = read_in(tmp_path, "a.md", post("A", front))
        assert (record.kind, record.found[0].article.featured) == (Kind.ARTICLE, featured)
    named = read_in(tmp_path, "a.md", post("A", "date: 2020-01-01\npublished: false\n"), kind="backfile")
    assert named.kind is Kind.ARTICLE


def test_it_is_known_when_a_file_is_to_be_judged_again(tmp_path: Path) -> None:
    HUGO.write(tmp_path)
    soon = read_in(tmp_path, "content/a.md", post("A", "date: 2026-02-01\n"))
    assert (soon.kind, soon.due) == (Kind.WITHDRAWN, datetime(2026, 2, 1, tzinfo=UTC))
    ends = read_in(tmp_path, "content/a.md", post("A", "date: 2025-02-01\nexpiryDate: 2026-03-01\n"))
    assert (ends.kind, ends.due) == (Kind.ARTICLE, datetime(2026, 3, 1, tzinfo=UTC))
    (tmp_path / "hugo.toml").write_text("baseURL = 'https://a.example'\nbuildFuture = true\n")
    assert read_in(tmp_path, "content/a.md", post("A", "date: 2026-02-01\n")).kind is Kind.ARTICLE


def test_tags_in_one_text_are_cut_at_spaces_in_jekyll_alone(tmp_path: Path) -> None:
    text = post("A", "date: 2020-01-01\ntags: sails oars\n")
    assert read_in(tmp_path, "a.md", text).found[0].article.tags == ("sails oars",)
    (tmp_path / "_config.yml").write_text("title: x\n")
    assert read_in(tmp_path, "a.md", text).found[0].article.tags == ("sails", "oars")
    commas = post("A", "date: 2020-01-01\ntags: sails, long oars\n")
    assert read_in(tmp_path, "a.md", commas).found[0].article.tags == ("sails", "long oars")


def test_defaults_of_jekyll_hold_where_the_file_does_not_say(tmp_path: Path) -> None:
    folder = JEKYLL.write(tmp_path)
    found = records(folder, find_site(settings_of(folder)))
    assert found["town/_posts/2019-02-03-bread.md"].found[0].article.authors == ("Ada Quill",)
    assert found["town/_posts/2019-02-03-bread.md"].found[0].article.category == "town"
    assert found["about.markdown"].found[0].article.authors == ()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("/a/", True),
        ("/", True),
        ("a/b", True),
        ("./a/b", True),
        ("a", False),
        ("n/a", False),
        ("a.example/b", False),
        ("//a.example/b", False),
        ("/:year/:title/", False),
        ("/{{ slug }}/", False),
        ("/a b/", False),
        ("ftp://a/b", False),
    ],
)
def test_what_can_be_an_address_on_the_site(text: str, fits: bool) -> None:
    assert is_address(text) is fits


def test_sites_that_differ_have_other_fingerprints(tmp_path: Path) -> None:
    folder = JEKYLL.write(tmp_path)
    site = find_site(settings_of(folder))
    others = [
        find_site(settings_of(folder, base_url=HOST)),
        find_site(settings_of(folder / "_posts")),
        dataclasses.replace(site, kind="hexo"),
    ]
    (folder / "_config.yml").write_text("permalink: pretty\n")
    others.append(find_site(settings_of(folder)))
    assert len({one.fingerprint for one in (site, *others)}) == 5


def test_a_note_is_called_by_its_name_and_templates_are_no_notes(tmp_path: Path) -> None:
    notes = {
        ".obsidian/templates.json": '{"folder": "Forms"}',
        ".obsidian/plugins/templater-obsidian/data.json": '{"templates_folder": "Forms/more"}',
        "Forms/Meal.md": "---\ncreated: {{date}}\n---\n## Steps\n",
        "Meals/Fish soup.md": "---\nauthor: '[[Ada Quill]]'\n---\n## Steps\n\nBoil it.\n",
        "Meals/Soup.md": "---\ncategories: [[Meals]]\n---\n",
        "2023-09-12.md": "## Notes\n\nIt rained.\n",
        "202309121030.md": "# On rain\n\nIt rained.\n",
    }
    for name, text in notes.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = records(tmp_path, find_site(settings_of(tmp_path)))
    titles = {path: record.found[0].article.title for path, record in found.items() if record.found}
    assert titles == {
        "Meals/Fish soup.md": "Fish soup",
        "Meals/Soup.md": "Soup",
        "2023-09-12.md": "2023-09-12",
        "202309121030.md": "On rain",
    }
    assert found["Meals/Fish soup.md"].found[0].article.authors == ("Ada Quill",)
    assert found["Meals/Soup.md"].found[0].article.category == "Meals"
    assert found["Forms/Meal.md"].kind is Kind.PASSED_OVER


def test_what_a_site_excludes_is_no_page_of_it(tmp_path: Path) -> None:
    for sample, files in (
        (JEKYLL, {"inbox/letter.md", "notes.txt", "inboxes.md"}),
        (ELEVENTY, {"content/private/a.md", "content/private.md"}),
        (HEXO, {"source/_posts/_idea.md", "source/_wip/a.md"}),
    ):
        folder = tmp_path / sample.kind
        sample.write(folder)
        (folder / ".eleventyignore").write_text("# not yet\ncontent/private/\n[\n")
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(post("A"))
        found = records(folder, find_site(settings_of(folder)))
        published = {name for name in files if found[name].kind is Kind.ARTICLE}
        assert published == {"jekyll": {"inboxes.md"}, "eleventy": {"content/private.md"}}.get(
            sample.kind, set()
        )


def test_a_site_one_folder_below_is_pointed_to(tmp_path: Path) -> None:
    JEKYLL.write(tmp_path / "website")
    (tmp_path / "notes.md").write_text(post("A"))
    site = find_site(settings_of(tmp_path))
    assert (site.kind, site.base_url) == ("plain", "")
    assert "`website` is a Jekyll site: index that folder for its addresses" in site.why


def withdrawn_by(folder: Path) -> dict[str, str]:
    """Return by which field each article of an archive is withdrawn; an empty one where it is not."""
    found = records(folder, find_site(settings_of(folder)))
    return {
        path: record.withdrawn_by
        for path, record in found.items()
        if record.kind in (Kind.ARTICLE, Kind.WITHDRAWN)
    }


def write_all(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_what_a_section_of_hugo_says_holds_for_the_pages_below(tmp_path: Path) -> None:
    files = {
        "hugo.toml": "languages = {en = {}, fr = {}}\n[[cascade]]\nexpiryDate = 2020-01-01\n"
        "[cascade._target]\npath = '{/Old,/older}/**'\n[[cascade]]\ndraft = true\nenvironment = 'staging'\n"
        "[cascade.target]\nenvironment = 'staging'\n",
        "content/plans/_index.md": "---\ntitle: Plans\ncascade:\n  Draft: true\n---\n",
        "content/plans/a.md": post("A", ""),
        "content/plans/open.md": post("Open", "draft: false\n"),
        "content/plans/a.fr.md": post("A", ""),
        "content/plans/deep/b/index.md": post("B", ""),
        "content/plans/done/_index.md": "+++\ntitle = 'Done'\n[cascade]\ndraft = false\n+++\n",
        "content/plans/done/c.md": post("C", ""),
        "content/parts/_index.md": "---\ncascade:\n  - build: {render: never}\n    target: {kind: page}\n---\nText.\n",
        "content/parts/d.md": post("D", ""),
        "content/old/e.md": post("E", ""),
        "content/new/f.md": post("F", ""),
    }
    write_all(tmp_path, files)
    assert withdrawn_by(tmp_path) == {
        "content/plans/_index.md": "draft",
        "content/plans/a.md": "draft",
        "content/plans/open.md": "",
        "content/plans/a.fr.md": "",
        "content/plans/deep/b/index.md": "draft",
        "content/plans/done/_index.md": "",
        "content/plans/done/c.md": "",
        "content/parts/_index.md": "",
        "content/parts/d.md": "build.render",
        "content/old/e.md": "expiryDate",
        "content/new/f.md": "",
    }
    before = find_site(settings_of(tmp_path)).fingerprint
    (tmp_path / "content/plans/_index.md").write_text("---\ntitle: Plans\n---\n")
    assert find_site(settings_of(tmp_path)).fingerprint != before


@pytest.mark.parametrize(
    "given", ["cascade: [", "cascade: 3", "cascade: [3, {}]", "cascade: {target: 3, draft: true}", "cascade:"]
)
def test_a_cascade_that_is_none_fails_nothing(given: str, tmp_path: Path) -> None:
    write_all(
        tmp_path,
        {"hugo.toml": "", "content/_index.md": f"---\n{given}\n---\n", "content/a.md": post("A", "")},
    )
    assert withdrawn_by(tmp_path)["content/a.md"] == ("draft" if "draft" in given else "")


@pytest.mark.parametrize("pattern", ["{/a", "/a}", "[", "/a/**", "**"])
def test_any_pattern_of_a_cascade_can_be_compared(pattern: str, tmp_path: Path) -> None:
    text = f"[cascade]\ndraft = true\n[cascade.target]\npath = '{pattern}'\n"
    write_all(tmp_path, {"hugo.toml": text, "content/a/b.md": post("B", "")})
    assert withdrawn_by(tmp_path)["content/a/b.md"] == ("draft" if pattern.endswith("*") else "")


@pytest.mark.parametrize(
    ("configuration", "text", "source"),
    [
        ("hugo.toml", "", "content"),
        ("_config.yml", "source_dir: source\nnew_post_name: :title.md\n", "source"),
        ("pelicanconf.py", "AUTHOR = 'Ada'\n", "content"),
        ("docusaurus.config.js", "module.exports = {};\n", "docs"),
        ("zola.toml", "", "content"),
    ],
)
def test_files_beside_the_configuration_are_no_pages(
    configuration: str, text: str, source: str, tmp_path: Path
) -> None:
    write_all(tmp_path, {configuration: text, "SECURITY.md": post("Security", "")})
    assert "SECURITY.md" in withdrawn_by(tmp_path)  # where all lies in one folder
    write_all(tmp_path, {f"{source}/a.md": post("A", "")})
    assert "SECURITY.md" not in withdrawn_by(tmp_path)
    assert f"{source}/a.md" in withdrawn_by(tmp_path)


def passed_over(folder: Path) -> dict[str, str]:
    """Return why files of an archive are passed over."""
    found = records(folder, find_site(settings_of(folder)))
    return {path: record.notices[0].text for path, record in found.items() if record.kind is Kind.PASSED_OVER}


def test_files_of_a_leaf_bundle_of_hugo_are_parts_of_its_page(tmp_path: Path) -> None:
    files = {
        "hugo.toml": "defaultContentLanguage = 'en'\n[languages.en]\n[languages.fr]\n",
        "content/index.md": post("The root is no bundle", ""),
        "content/about.md": post("About", ""),
        "content/walks/index.md": post("Walks", ""),
        "content/walks/index.fr.md": post("Promenades", ""),
        "content/walks/coast.md": post("Coast", ""),
        "content/walks/coast.fr.md": post("La côte", ""),
        "content/walks/index.old.md": post("No language", ""),
        "content/walks/deep/index.md": post("Deep", ""),
        "content/walks/deep/_index.md": post("Deep section", ""),
        "content/walks/topic.yml": "taxonomy: topic\nname: Walking\n",
        "content/boats/_index.md": post("Boats", ""),
        "content/boats/oars.md": post("Oars", ""),
        "content/both/_index.md": post("Both", ""),
        "content/both/index.md": post("Index", ""),
        "content/both/other.md": post("Other", ""),
        "content/page/index.html": post("In HTML", ""),
        "content/page/beside.md": post("Beside", ""),
        "content/walks/wire.md": post("Wire", "webUrl: https://a.example/1\n"),
    }
    write_all(tmp_path, files)
    parts = ("coast.md", "coast.fr.md", "index.old.md", "deep/index.md", "deep/_index.md")
    expected = {f"content/walks/{name}": "a part of the page in `content/walks/`" for name in parts}
    assert passed_over(tmp_path) == {"hugo.toml": "a configuration file", **expected}
    found = records(tmp_path, find_site(settings_of(tmp_path)))
    assert {path for path, record in found.items() if record.kind is Kind.ARTICLE} == (
        files.keys() - expected.keys() - {"hugo.toml", "content/walks/topic.yml"}
    )
    assert found["content/walks/topic.yml"].kind is Kind.TOPIC
    within = records(tmp_path / "content" / "walks", find_site(settings_of(tmp_path / "content" / "walks")))
    assert within["content/walks/coast.md"].kind is Kind.PASSED_OVER


def test_bundles_are_those_of_hugo_alone(tmp_path: Path) -> None:
    files = {"walks/index.md": post("Walks", ""), "walks/coast.md": post("Coast", "")}
    write_all(tmp_path, files)
    assert passed_over(tmp_path) == {}
    write_all(tmp_path, {"_config.yml": "title: x\n"})
    assert passed_over(tmp_path) == {"_config.yml": "a configuration file"}


@pytest.mark.parametrize(
    ("collections", "is_found"),
    [
        ("collections:\n  people:\n    output: true\n", True),
        ("collections:\n  people:\n    output: yes\n", True),
        ("collections:\n  people:\n    output: false\n", False),
        ("collections:\n  people:\n    permalink: /p/:name/\n", False),
        ("collections:\n  people:\n", False),
        ("collections: [people]\n", False),
    ],
)
def test_a_collection_of_jekyll_has_pages_where_it_says_so(
    collections: str, is_found: bool, tmp_path: Path
) -> None:
    files = {
        "_config.yml": f"{collections}collections_dir: all\n",
        "all/_people/ada.md": post("Ada", ""),
        "all/_posts/2020-01-02-ferry.md": post("Ferry", ""),
    }
    write_all(tmp_path, files)
    by = "" if is_found else "collections.people.output"
    assert withdrawn_by(tmp_path) == {"all/_people/ada.md": by, "all/_posts/2020-01-02-ferry.md": ""}


def test_posts_of_jekyll_have_pages_whatever_is_said_of_them(tmp_path: Path) -> None:
    text = "collections:\n  posts:\n    output: false\n"
    write_all(tmp_path, {"_config.yml": text, "_posts/2020-01-02-ferry.md": post("Ferry", "")})
    assert withdrawn_by(tmp_path) == {"_posts/2020-01-02-ferry.md": ""}


ZONED = {
    "jekyll": ("_config.yml", "timezone: {}\n", "_posts/2020-06-25-a.md"),
    "hugo": ("hugo.toml", "timeZone = '{}'\n", "content/a.md"),
    "hexo": ("_config.yml", "timezone: {}\nsource_dir: source\nnew_post_name: x\n", "source/_posts/a.md"),
    "pelican": ("pelicanconf.py", "TIMEZONE = '{}'\n", "content/a.md"),
}


@pytest.mark.parametrize("kind", ZONED)
@pytest.mark.parametrize(
    ("date", "zone", "own", "moment", "day"),
    [
        ("2020-06-25 00:30", "Asia/Tokyo", "", "2020-06-24T15:30Z", "2020-06-25"),
        ("2020-06-25", "America/New_York", "", "2020-06-25T04:00Z", "2020-06-25"),
        ("2020-06-25 00:30 +0200", "Asia/Tokyo", "", "2020-06-24T22:30Z", "2020-06-25"),
        ("2020-06-25 00:30", "Asia/Tokyo", "Europe/Berlin", "2020-06-24T22:30Z", "2020-06-25"),
        ("2020-06-25 23:30 +0000", "Asia/Tokyo", "Europe/Berlin", "2020-06-25T23:30Z", "2020-06-26"),
        ("2020-06-25 00:30", "Mars/Foo", "", "2020-06-25T00:30Z", "2020-06-25"),
    ],
)
def test_a_time_without_an_offset_is_read_in_the_zone_of_its_site(
    kind: str, date: str, zone: str, own: str, moment: str, day: str, tmp_path: Path
) -> None:
    name, text, path = ZONED[kind]
    write_all(tmp_path, {name: text.format(zone), path: post("A", f"date: {date}\n")})
    settings = dataclasses.replace(settings_of(tmp_path, kind), timezone=own)
    site = find_site(settings)
    record = read_bytes(path, (tmp_path / path).read_bytes(), settings, site=site, now=NOW)
    published = record.found[0].article.published_at
    assert published is not None
    assert (published.astimezone(UTC), str(published.date())) == (datetime.fromisoformat(moment), day)
    problem = "zone' = 'Mars/Foo' is not a known time zone".replace("'", "`", 1)
    assert any(
        problem in one.replace("timeZone", "timezone").replace("TIMEZONE", "timezone")
        for one in site.problems
    ) == (zone == "Mars/Foo")


def test_a_date_of_a_name_is_a_day_in_the_zone_of_its_site(tmp_path: Path) -> None:
    write_all(tmp_path, {"_config.yml": "timezone: America/New_York\n"})
    article = read_in(tmp_path, "_posts/2020-06-25-a.md", post("A")).found[0].article
    assert article.published_at == datetime(2020, 6, 25, 4, tzinfo=UTC)
    assert article.url == "/2020/06/25/a.html"
    midnight = read_in(tmp_path, "_posts/2020-06-25-a.md", post("A", "date: 2020-06-25 00:00 +0000\n"))
    assert midnight.found[0].article.url == "/2020/06/24/a.html"  # as Jekyll has it


def test_an_address_has_the_day_of_its_site_whatever_zone_the_archives_days_are_in(tmp_path: Path) -> None:
    write_all(tmp_path, {"_config.yml": "timezone: America/New_York\n"})
    settings = dataclasses.replace(settings_of(tmp_path), timezone="Pacific/Auckland")
    site = find_site(settings)
    text = post("A", "date: 2020-06-25\n").encode()
    article = read_bytes("_posts/2020-06-25-a.md", text, settings, site=site, now=NOW).found[0].article
    assert article.url == "/2020/06/25/a.html"
    assert str(article.published_at) == "2020-06-25 00:00:00+12:00"


def test_a_language_of_hugo_may_have_a_zone_of_its_own(tmp_path: Path) -> None:
    text = "timeZone = 'Europe/Oslo'\n[languages.en]\n[languages.ja]\ntimeZone = 'Asia/Tokyo'\n"
    write_all(tmp_path, {"hugo.toml": text})
    moments = {"content/a.md": 10, "content/a.ja.md": 3, "elsewhere/a.md": 10}
    for path, hour in moments.items():
        article = read_in(tmp_path, path, post("A", "date: 2020-06-25 12:00\n")).found[0].article
        assert article.published_at == datetime(2020, 6, 25, hour, tzinfo=UTC), path


@pytest.mark.parametrize("value", ["''", "[Europe/Oslo]", "~", "localhost"])
def test_a_zone_that_is_none_fails_nothing(value: str, tmp_path: Path) -> None:
    write_all(tmp_path, {"_config.yml": f"timezone: {value}\n"})
    site = find_site(settings_of(tmp_path))
    assert site.zone_of("a.md") is None
    assert len(site.problems) == (value in ("[Europe/Oslo]", "localhost"))
    assert all(problem in site.why for problem in site.problems)


def test_what_is_held_back_is_so_in_the_zone_of_its_site(tmp_path: Path) -> None:
    """At noon of UTC it is one o'clock in Oslo, and seven in New York."""
    for zone, by in (("Europe/Oslo", ""), ("America/New_York", "a date in the future")):
        write_all(tmp_path, {"hugo.toml": f"timeZone = '{zone}'\n"})
        record = read_in(tmp_path, "content/a.md", post("A", "date: 2026-01-02 12:30\n"))
        assert record.withdrawn_by == by
