"""A site's own name, logo, colours, links and templates."""

from __future__ import annotations

import dataclasses
import logging
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import search_web
from indexer import Article, load_settings
from indexer.config import Settings
from indexer.errors import ConfigError
from search_web import create_app
from search_web.branding import MAX_LOGO
from tests.web.fake import fake_archive

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'


def client_of(settings: Settings, **web: Any) -> FlaskClient:
    given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, **web))
    return create_app(given, fake_archive(given, Article("a", "A bridge"))).test_client()


def text_of(client: FlaskClient, address: str) -> str:
    response = client.get(address, buffered=True)
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


def own_addresses(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/own[^"]*)"', page)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "logo.svg"
    path.write_bytes(PICTURE)
    return path


def test_without_any_nothing_of_it_is_on_the_page(settings: Settings) -> None:
    client = client_of(settings)
    assert not own_addresses(text_of(client, "/"))
    for address in ("/own.css", "/own-logo", "/own/site.css"):
        assert client.get(address).status_code == 404


def test_a_logo_stands_for_the_name_and_runs_nothing(settings: Settings, picture: Path) -> None:
    client = client_of(settings, logo=picture, title="The Harbour Herald")
    for address in ("/", "/search?q=bridge", "/help", "/article/a"):
        page = text_of(client, address)
        [style, logo] = own_addresses(page)
        assert re.search(rf'<img src="{re.escape(logo)}" alt="The Harbour Herald">', page)
        assert "height: 1.5em" in text_of(client, style)
    response = client.get(logo)
    assert (response.data, response.mimetype) == (PICTURE, "image/svg+xml")
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.cache_control.max_age > 86_400
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_accent_has_one_for_the_dark_page(settings: Settings) -> None:
    client = client_of(settings, accent="#00529b")
    [address] = own_addresses(text_of(client, "/"))
    light, dark = text_of(client, address).splitlines()
    assert light == ":root { --accent: #00529b }"
    assert "prefers-color-scheme: dark" in dark
    assert "#00529b" not in dark
    given = text_of(client_of(settings, accent="#00529b", accent_dark="#ffcc00"), address)
    assert "--accent: #ffcc00" in given


def test_what_is_changed_has_another_address(settings: Settings) -> None:
    one, other = (own_addresses(text_of(client_of(settings, accent=a), "/")) for a in ("#00529b", "#005a00"))
    assert one != other


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('accent = "red"', "'web.accent' = 'red' must be a colour such as #8f1d21"),
        ('accent = "#ffcc00"', "cannot be read on the light page: its contrast is 1.3"),
        ('accent_dark = "#00529b"', "cannot be read on the dark page"),
        ('footer_links = {Imprint = "imprint"}', "leads from 'Imprint' to 'imprint', which is neither"),
        ('footer_links = {Imprint = "javascript:alert(1)"}', "which is neither"),
        ('footer_links = {Imprint = "//elsewhere.example"}', "which is neither"),
        ("footer_links = {Imprint = 3}", "must be a section of texts in quotes"),
        ('footer_links = ["Imprint"]', "must be a section of texts in quotes"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, line: str, says: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[web]\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(says)):
        load_settings(config)


def test_files_are_looked_for_beside_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[web]\nlogo = "art/logo.svg"\ntemplates = "pages"\n', encoding="utf-8")
    web = load_settings(config).web
    assert (web.logo, web.templates) == (tmp_path / "art/logo.svg", tmp_path / "pages")
    config.write_text("", encoding="utf-8")
    web = load_settings(config).web
    assert (web.logo, web.templates) == (None, None)


def test_a_logo_that_cannot_be_shown_is_refused(settings: Settings, tmp_path: Path) -> None:
    for name, content, says in (
        ("logo.txt", b"x", "'web.logo' is not a picture"),
        ("big.png", b"x" * (MAX_LOGO + 1), "more than 1,000,000 bytes"),
        ("missing.png", None, "cannot be read: No such file"),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ConfigError, match=says):
            client_of(settings, logo=path)
    with pytest.raises(ConfigError, match=r"'web\.templates' is not a folder"):
        client_of(settings, templates=tmp_path / "missing")


def test_links_stand_at_the_foot_in_their_order(settings: Settings) -> None:
    links = {
        "Imprint": "https://news.example/imprint",
        "Böse <b>": "/x?a=1&b=2",
        "Write": "mailto:desk@news.example",
    }
    page = text_of(client_of(settings, footer_links=links), "/search?q=bridge")
    foot = page[page.index("<footer") :]
    assert re.findall(r'href="([^"]+)">(Imprint|Böse[^<]*|Write)<', foot) == [
        ("https://news.example/imprint", "Imprint"),
        ("/x?a=1&amp;b=2", "Böse &lt;b&gt;"),
        ("mailto:desk@news.example", "Write"),
    ]


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "static").mkdir(parents=True)
    (folder / "base.html").write_text(
        '{% extends "backfile/base.html" %}\n'
        '{% block own_head %}<link rel="stylesheet" href="{{ own_url("own_static", filename="site.css") }}">{% endblock %}',
        encoding="utf-8",
    )
    (folder / "static" / "site.css").write_text("body { border: 0 }", encoding="utf-8")
    return folder


def test_a_template_goes_before_ours_and_extends_it(settings: Settings, templates: Path) -> None:
    client = client_of(settings, templates=templates)
    for address in ("/", "/search?q=bridge", "/help", "/article/a", "/nowhere"):
        page = client.get(address).get_data(as_text=True)
        [own] = own_addresses(page)
        assert "<h1" in page
    assert text_of(client, own) == "body { border: 0 }"
    assert client.get("/own/../base.html").status_code == 404
    assert client.get("/own/base.html").status_code == 404


@pytest.mark.parametrize("name", ["base.html", "static/site.css"])
def test_templates_that_have_changed_make_new_pages(settings: Settings, templates: Path, name: str) -> None:
    def seen() -> tuple[str | None, list[str]]:
        page = client_of(settings, templates=templates).get("/search?q=bridge")
        return page.headers.get("ETag"), own_addresses(page.text)

    before = seen()
    assert seen() == before
    file = templates / name
    file.write_text(f"{file.read_text(encoding='utf-8')}\n", encoding="utf-8")
    after = seen()
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_a_template_that_cannot_be_compiled_is_refused_by_its_line(
    settings: Settings, templates: Path
) -> None:
    (templates / "help.html").write_text("one\n{% if %}\n", encoding="utf-8")
    (templates / "about.html").write_text('{% include "help.html" %}', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"help\.html, line 2"):
        client_of(settings, templates=templates)


def test_a_template_that_includes_what_is_not_there_is_refused(settings: Settings, templates: Path) -> None:
    (templates / "help.html").write_text(
        '{% include ["staff.html", "about.html"] %}{% include "staff.html" ignore missing %}',
        encoding="utf-8",
    )
    for line in (
        'include "staff.html"',
        'include ["staff.html"]',
        'from "staff.html" import x',
        'extends "staff.html"',
    ):
        (templates / "about.html").write_text(f"\n{{% {line} %}}", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"no template 'staff\.html' \(.*about\.html, line 2\)"):
            client_of(settings, templates=templates)


@pytest.mark.parametrize("parent", ["about.html", "staff.html", "ours.html"])
def test_a_template_that_extends_itself_is_refused(settings: Settings, templates: Path, parent: str) -> None:
    (templates / "staff.html").write_text('{% extends "about.html" %}', encoding="utf-8")
    (templates / "ours.html").write_text(
        '{% extends "help.html" %}', encoding="utf-8"
    )  # which extends `base.html`
    (templates / "base.html").write_text('{% extends "about.html" %}', encoding="utf-8")
    (templates / "about.html").write_text(f'{{% extends "{parent}" %}}', encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"extends itself \(.*about\.html, line 1\).*'backfile/about\.html'"
    ):
        client_of(settings, templates=templates)


def test_a_drawing_of_the_site_is_compiled_and_its_files_are_not(settings: Settings, templates: Path) -> None:
    for name in ("static/logo.svg", "static/page.html", "logo.svg"):
        (templates / name).write_text("{% if %}", encoding="utf-8")
    client_of(settings, templates=templates)
    (templates / "chart.svg").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"chart\.svg, line 1"):
        client_of(settings, templates=templates)


def test_what_a_template_names_is_checked_as_well(settings: Settings, templates: Path) -> None:
    (templates / "about.html").write_text('{% include "foot.txt" %}', encoding="utf-8")
    (templates / "foot.txt").write_text('\n{% include "staff.txt" %}', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no template 'staff\.txt' \(.*foot\.txt, line 2\)"):
        client_of(settings, templates=templates)
    (templates / "foot.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"utf-8.*foot\.txt\)"):
        client_of(settings, templates=templates)


def test_what_python_cannot_compile_is_refused(settings: Settings, templates: Path) -> None:
    deep = "{% for a in b %}" * 30 + "{% endfor %}" * 30
    (templates / "about.html").write_text(deep, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"nested too deeply.*about\.html\)"):
        client_of(settings, templates=templates)


def test_what_our_templates_include_can_be_of_the_site(settings: Settings, templates: Path) -> None:
    (templates / "hits.html").write_text("{{ groups|length }} part", encoding="utf-8")
    assert "1 part" in client_of(settings, templates=templates).get("/search?q=bridge").text


def test_a_template_has_whole_addresses_of_the_host_that_is_asked(
    settings: Settings, templates: Path
) -> None:
    (templates / "base.html").write_text(
        '{% extends "backfile/base.html" %}\n'
        '{% block own_head %}<link rel="help" href="{{ url_for("pages.help_page", _external=True) }}">{% endblock %}',
        encoding="utf-8",
    )
    client = client_of(settings, templates=templates)
    for host in ("one.example", "two.example"):
        page = client.get("/search?q=bridge", base_url=f"https://{host}").text
        assert f'<link rel="help" href="https://{host}/help">' in page


def test_a_template_has_what_the_app_adds(settings: Settings, templates: Path) -> None:
    (templates / "hits.html").write_text("{{ weather }} in {{ title }}", encoding="utf-8")
    client = client_of(settings, templates=templates)
    client.application.context_processor(lambda: {"weather": "Rain", "title": "not this one"})
    assert "Rain in “bridge”" in client.get("/search?q=bridge").text


ADDRESSES = (
    "/",
    "/search?q=bridge&explain=1",
    "/help",
    "/about",
    "/article/a",
    "/browse",
    "/timeline?q=bridge",
    "/api",
    "/nowhere",
)


def shown(client: FlaskClient, address: str) -> str:
    """Return a page without its version and its blanks."""
    return "".join(re.sub(r"v=\w+", "", client.get(address).text).split())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("names", ["*", "[ph]*s.html"])
def test_copies_of_our_templates_give_our_pages(
    settings: Settings, tmp_path: Path, names: str, language: str
) -> None:
    """All of them, and some beside ours: values are escaped, and said in the language."""
    (tmp_path / "pages").mkdir()
    for file in (Path(search_web.__file__).parent / "templates").glob(names):
        shutil.copy(file, tmp_path / "pages")
    one = client_of(settings, language=language)
    two = client_of(settings, language=language, templates=tmp_path / "pages")
    for address in ADDRESSES:
        assert shown(one, address) == shown(two, address), address


def test_a_template_is_plain_jinja(settings: Settings, templates: Path) -> None:
    (templates / "base.html").write_text(
        """{% extends "backfile/base.html" %}{% from "parts.html" import search_form %}
{% block own_foot %}{{ self.nameplate() }}{{ search_form("<q>", hidden=[]) }}
<textarea>
    {{ request.args.q }} {{ {"a": "<a>"}.a }} {{ url_for("pages.search", topic=["a", "b"]) }}
</textarea>{% endblock %}""",
        encoding="utf-8",
    )
    page = text_of(client_of(settings, templates=templates), "/search?q=%3Cbridge%3E")
    foot = page[page.index("<footer") :]
    assert '<p class="nameplate">' in foot
    assert 'value="&lt;q&gt;"' in foot
    assert "<textarea>\n    &lt;bridge&gt; &lt;a&gt; /search?topic=a&amp;topic=b\n</textarea>" in foot


def test_where_the_error_page_fails_too_a_sentence_is_the_answer(
    settings: Settings, templates: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (templates / "base.html").write_text("{{ nothing.at_all }}", encoding="utf-8")
    client = client_of(settings, templates=templates)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    for address in ("/search?q=bridge", "/nowhere"):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="search_web"):
            response = client.get(address, buffered=True)
        assert (response.status_code, response.mimetype) == (500, "text/plain")
        assert response.text == "This page cannot be shown: there was an error on our side.\n"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        *failures, line = caplog.records
        assert line.__dict__["fields"]["request_id"] == response.headers["X-Request-ID"]
        assert line.__dict__["fields"]["status"] == 500
        assert all("'nothing' is undefined" in str(failure.exc_text) for failure in failures)
        assert failures
