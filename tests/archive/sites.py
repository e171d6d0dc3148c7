"""A small site of each generator, laid out as its own starter is, with invented texts: the files, and what the
generator makes of them: address, day and language of each article, and the field by which a file is held back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.archive.presets.preset import UNDERSCORE


@dataclass(frozen=True)
class Sample:
    """A site. `given` is the folder that an owner names; `published` has the articles' paths from the site's
    folder, with address and day; `held` why files are not published."""

    kind: str
    given: str
    files: Mapping[str, str]
    published: Mapping[str, tuple[str | None, str | None]]
    held: Mapping[str, str]
    languages: Mapping[str, str] = field(default_factory=dict)  # of those that are not in the site's own
    main_language: str | None = None  # that the configuration names

    def write(self, root: Path) -> Path:
        """Write the files; return the folder to index."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return root / self.given


def post(title: str, front: str = "", body: str = "The ferry came late to the harbour.\n") -> str:
    """Return a post with YAML front matter."""
    return f"---\ntitle: {json.dumps(title)}\n{front}---\n\n{body}"


HOST = "https://harbourpost.example"

JEKYLL = Sample(
    "jekyll",
    ".",
    {
        "_config.yml": f"title: The Harbour Post\nurl: {HOST}\nbaseurl: /town # a comment\nmarkdown: kramdown\n"
        "collections:\n  walks:\n    output: true\n  people:\n    output: false\n"
        "exclude: [inbox, '*.txt']\n"
        "defaults:\n  - scope: {path: '', type: posts}\n    values: {layout: post, author: Ada Quill}\n",
        "Gemfile": 'source "https://rubygems.org"\n',
        "index.markdown": post("Home", "layout: home\n"),
        "about.markdown": post("About", "permalink: /about/\n"),
        "boats/index.md": post("Boats"),
        "_posts/2020-06-25-welcome-to-the-harbour.markdown": post(
            "Welcome", "date: 2020-06-25 23:50:21 -0700\ncategories: town news\ntags: sails oars\n"
        ),
        "_posts/2011-12-11-Boat Show.md": post("Boat show", "date: 2011-12-11 00:36 +0900\n"),
        "town/_posts/2019-02-03-bread.md": post("Bread"),
        "_posts/2020-01-01-slugged.md": post("Slugged", "slug: another-name\nlang: de\n"),
        "_posts/2020-01-02-linked.md": post("Linked", "permalink: /:year/:i_day/:title.html\n"),
        "_walks/coast/long.md": post("The long walk"),
        "_people/ada.md": post("Ada"),
        "_drafts/idea.md": post("Idea"),
        "_wip/plan.md": post("Plan"),
        "inbox/letter.md": post("Letter"),
        "_posts/2020-01-03-hidden.md": post("Hidden", "published: false\n"),
        "_posts/2099-01-01-later.md": post("Later"),
    },
    {
        "index.markdown": (f"{HOST}/town/", None),
        "about.markdown": (f"{HOST}/town/about/", None),
        "boats/index.md": (f"{HOST}/town/boats/", None),
        "_posts/2020-06-25-welcome-to-the-harbour.markdown": (
            f"{HOST}/town/town/news/2020/06/25/welcome-to-the-harbour.html",
            "2020-06-25",
        ),
        "_posts/2011-12-11-Boat Show.md": (f"{HOST}/town/2011/12/11/Boat-Show.html", "2011-12-11"),
        "town/_posts/2019-02-03-bread.md": (f"{HOST}/town/town/2019/02/03/bread.html", "2019-02-03"),
        "_posts/2020-01-01-slugged.md": (f"{HOST}/town/2020/01/01/another-name.html", "2020-01-01"),
        "_posts/2020-01-02-linked.md": (f"{HOST}/town/2020/2/linked.html", "2020-01-02"),
        "_walks/coast/long.md": (f"{HOST}/town/walks/coast/long.html", None),
    },
    {
        "_drafts/idea.md": "_drafts/",
        "_wip/plan.md": UNDERSCORE,
        "_people/ada.md": "collections.people.output",
        "_posts/2020-01-03-hidden.md": "published",
        "_posts/2099-01-01-later.md": "a date in the future",
    },
    {"_posts/2020-01-01-slugged.md": "de"},
)

HUGO = Sample(
    "hugo",
    "content",
    {
        "hugo.toml": f"baseURL = '{HOST}/'\nlanguageCode = 'en-us'\ntitle = 'The Harbour Post'\n"
        "[languages.en]\n[languages.fr]\n"
        "[permalinks]\n  posts = '/:year/:month/:slug/'\n",
        "archetypes/default.md": "+++\ndate = '{{ .Date }}'\ndraft = true\n+++\n",
        "content/_index.md": post("Home"),
        "content/about.md": post("About"),
        "content/about.fr.md": post("À propos"),
        "content/notes/My First Note.md": post("A note", "date: 2020-02-03\n"),
        "content/notes/bundle/index.md": post("Bundle", "date: 2020-02-04\nslug: 'The Bundle'\n"),
        "content/notes/bundle/part.md": post("A part of the bundle"),
        "content/notes/old.md": post("Old", "url: /legacy/old.html\naliases: [/older/]\n"),
        "content/posts/_index.md": post("Posts"),
        "content/posts/first.md": post("The First Post: a story", "date: 2011-12-11T00:36:00+09:00\n"),
        "content/posts/second.md": post("Second", "date: 2020-05-06\nslug: no-two\n"),
        "content/posts/draft.md": post("Draft", "date: 2020-05-06\ndraft: true\n"),
        "content/posts/soon.md": post("Soon", "date: 2099-05-06\n"),
        "content/posts/gone.md": post("Gone", "date: 2019-05-06\nexpiryDate: 2020-01-01\n"),
        "content/parts/index.md": post("Parts", "headless: true\n"),
    },
    {
        "content/_index.md": (f"{HOST}/", None),
        "content/about.md": (f"{HOST}/about/", None),
        "content/about.fr.md": (f"{HOST}/fr/about/", None),
        "content/notes/My First Note.md": (f"{HOST}/notes/my-first-note/", "2020-02-03"),
        "content/notes/bundle/index.md": (f"{HOST}/notes/the-bundle/", "2020-02-04"),
        "content/notes/old.md": (f"{HOST}/legacy/old.html", None),
        "content/posts/_index.md": (f"{HOST}/posts/", None),
        "content/posts/first.md": (f"{HOST}/2011/12/the-first-post-a-story/", "2011-12-11"),
        "content/posts/second.md": (f"{HOST}/2020/05/no-two/", "2020-05-06"),
    },
    {
        "content/posts/draft.md": "draft",
        "content/posts/soon.md": "a date in the future",
        "content/posts/gone.md": "expiryDate",
        "content/parts/index.md": "headless",
    },
    {"content/about.fr.md": "fr"},
)

HEXO = Sample(
    "hexo",
    "source",
    {
        "_config.yml": f"title: The Harbour Post\nurl: {HOST}\npermalink: :year/:month/:day/:title/\n"
        "source_dir: source\nnew_post_name: :title.md\ndefault_category: uncategorized\n",
        "package.json": '{"dependencies": {"hexo": "^7.0.0"}}',
        "scaffolds/post.md": "---\ntitle: {{ title }}\n---\n",
        "source/_posts/hello-harbour.md": post(
            "Hello", "date: 2014-02-03 10:00:00\ntags: [boats]\ncategories:\n- [Town, Port]\n"
        ),
        "source/_posts/more/second.md": post("Second", "date: 2014-02-04 10:00:00\n"),
        "source/_posts/own.md": post("Own", "date: 2014-02-05 10:00:00\npermalink: my/place.html\n"),
        "source/_posts/hidden.md": post("Hidden", "date: 2014-02-05\npublished: no\n"),
        "source/_posts/later.md": post("Later", "date: 2099-02-05 00:00:00\n"),
        "source/_drafts/idea.md": post("Idea"),
        "source/about/index.md": post("About", "date: 2014-01-01\n"),
        "source/ja/docs/boats.md": post("船", "lang: ja\n"),
        "source/docs/boats.md": post("Boats"),
    },
    {
        "source/_posts/hello-harbour.md": (f"{HOST}/2014/02/03/hello-harbour/", "2014-02-03"),
        "source/_posts/more/second.md": (f"{HOST}/2014/02/04/more/second/", "2014-02-04"),
        "source/_posts/own.md": (f"{HOST}/my/place.html", "2014-02-05"),
        "source/_posts/later.md": (f"{HOST}/2099/02/05/later/", "2099-02-05"),
        "source/about/index.md": (f"{HOST}/about/", "2014-01-01"),
        "source/ja/docs/boats.md": (f"{HOST}/ja/docs/boats.html", None),
    },
    {"source/_posts/hidden.md": "published", "source/_drafts/idea.md": "_drafts/"},
    {"source/ja/docs/boats.md": "ja"},
)

ELEVENTY = Sample(
    "eleventy",
    "content",
    {
        "eleventy.config.js": "// input: 'wrong'\nexport const config = {\n  dir: {\n    input: 'content', "
        "data: '../_data', output: '_site'\n  },\n  pathPrefix: '/',\n};\n",
        "_data/metadata.js": f'export default {{\n  title: "The Harbour Post",\n  url: "{HOST}/",\n}}\n',
        "content/blog/firstpost.md": post("First", "date: 2018-05-01\ntags: [boats]\n"),
        "content/blog/blog.md": post("Blog"),
        "content/blog/2020-01-02-dated.md": post("Dated"),
        "content/about/index.md": post("About"),
        "content/es/blog/firstpost.md": post("Primero", "date: 2018-05-01\n"),
        "content/own.md": post("Own page", "permalink: /places/{{ title | slugify }}/\n"),
        "content/plain.md": post("Plain", "permalink: /plain.html\n"),
        "content/script.md": post("Script", "permalink: /{{ page.date | readable }}/\n"),
        "content/none.md": post("None", "permalink: false\n"),
        "content/fourth.md": post("Fourth", "draft: true\n"),
    },
    {
        "content/blog/firstpost.md": (f"{HOST}/blog/firstpost/", "2018-05-01"),
        "content/blog/blog.md": (f"{HOST}/blog/", None),
        "content/blog/2020-01-02-dated.md": (f"{HOST}/blog/2020-01-02-dated/", "2020-01-02"),
        "content/about/index.md": (f"{HOST}/about/", None),
        "content/es/blog/firstpost.md": (f"{HOST}/es/blog/firstpost/", "2018-05-01"),
        "content/own.md": (f"{HOST}/places/own-page/", None),
        "content/plain.md": (f"{HOST}/plain.html", None),
        "content/script.md": (None, None),
    },
    {"content/none.md": "permalink", "content/fourth.md": "draft"},
    {"content/es/blog/firstpost.md": "es"},
)

PELICAN = Sample(
    "pelican",
    "content",
    {
        "pelicanconf.py": "import os\nAUTHOR = 'Ada Quill'\nSITENAME = 'The Harbour Post'\nSITEURL = ''\n"
        "PATH = 'content'\nDEFAULT_LANG = 'en'\nARTICLE_URL = '{date:%Y}/{date:%m}/{slug}.html'\n"
        "TIMEZONE = os.environ['TZ']\n",
        "publishconf.py": f"import os\nfrom pelicanconf import *\nSITEURL = '{HOST}'\n",
        "content/first.md": post("The week: in boats!", "date: 2013-12-22 06:57\n"),
        "content/harbour/second.md": post("Second", "date: 2013-12-23 10:00\nslug: no-two\n"),
        "content/pages/about.md": post("About us"),
        "content/german.md": post("Der Hafen", "date: 2014-01-01\nlang: de\n"),
        "content/draft.md": post("Draft", "date: 2014-01-01\nStatus: draft\n"),
        "content/hidden.md": post("Hidden", "date: 2014-01-01\nstatus: hidden\n"),
    },
    {
        "content/first.md": (f"{HOST}/2013/12/the-week-in-boats.html", "2013-12-22"),
        "content/harbour/second.md": (f"{HOST}/2013/12/no-two.html", "2013-12-23"),
        "content/pages/about.md": (f"{HOST}/pages/about-us.html", None),
        "content/german.md": (f"{HOST}/der-hafen-de.html", "2014-01-01"),
    },
    {"content/draft.md": "status", "content/hidden.md": "status"},
    {"content/german.md": "de"},
    "en",
)

DOCUSAURUS = Sample(
    "docusaurus",
    ".",
    {
        "docusaurus.config.js": f"const config = {{\n  title: 'The Harbour',\n  url: '{HOST}',\n"
        "  baseUrl: '/guide/',\n  i18n: {defaultLocale: 'en', locales: ['en', 'fr']},\n  presets: [\n    [\n"
        "      'classic',\n      {\n        docs: {sidebarPath: './sidebars.js'},\n"
        "        blog: {routeBasePath: 'news', showReadingTime: true},\n      },\n    ],\n  ],\n};\n",
        "package.json": '{"name": "harbour"}',
        "docs/intro.md": post("Intro", "slug: /\n"),
        "docs/01-boats/index.md": post("Boats"),
        "docs/01-boats/02-sails.md": post("Sails"),
        "docs/01-boats/oars.md": post("Oars", "id: all-oars\n"),
        "docs/draft.md": post("Draft", "draft: true\n"),
        "docs/unlisted.md": post("Unlisted", "unlisted: true\n"),
        "docs/_part.md": post("Part"),
        "blog/2019-05-28-first-blog-post.md": post("First", "authors: ada\n"),
        "blog/2019-05-29-long/index.md": post("Long", "slug: long-post\n"),
        "blog/2021-08-26-welcome/index.md": post("Welcome"),
        "src/pages/markdown-page.md": post("Page"),
        "i18n/fr/docusaurus-plugin-content-docs/current/intro.md": post("Introduction", "slug: /\n"),
    },
    {
        "docs/intro.md": (f"{HOST}/guide/docs", None),
        "docs/01-boats/index.md": (f"{HOST}/guide/docs/boats", None),
        "docs/01-boats/02-sails.md": (f"{HOST}/guide/docs/boats/sails", None),
        "docs/01-boats/oars.md": (f"{HOST}/guide/docs/boats/all-oars", None),
        "blog/2019-05-28-first-blog-post.md": (f"{HOST}/guide/news/2019/05/28/first-blog-post", "2019-05-28"),
        "blog/2019-05-29-long/index.md": (f"{HOST}/guide/news/long-post", None),
        "blog/2021-08-26-welcome/index.md": (f"{HOST}/guide/news/2021/08/26/welcome", None),
        "src/pages/markdown-page.md": (f"{HOST}/guide/markdown-page", None),
        "i18n/fr/docusaurus-plugin-content-docs/current/intro.md": (f"{HOST}/guide/fr/docs", None),
    },
    {"docs/draft.md": "draft", "docs/unlisted.md": "unlisted", "docs/_part.md": UNDERSCORE},
    {"i18n/fr/docusaurus-plugin-content-docs/current/intro.md": "fr"},
    "en",
)

ZOLA = Sample(
    "zola",
    ".",
    {
        "config.toml": f'base_url = "{HOST}/town"\ntitle = "The Harbour Post"\ndefault_language = "en"\n'
        "compile_sass = true\nbuild_search_index = true\n[languages.fr]\n[markdown]\n[extra]\n",
        "templates/page.html": "{{ page.content }}\n",
        "content/_index.md": '+++\ntitle = "Home"\n+++\nAll news.\n',
        "content/blog/2020-06-25-The First Post.md": '+++\ntitle = "First"\n+++\nText.\n',
        "content/blog/second_post.md": '+++\ntitle = "Second"\ndate = 2011-12-11T00:36:00+09:00\n+++\nText.\n',
        "content/blog/second_post.fr.md": '+++\ntitle = "Le second"\n+++\nUn texte.\n',
        "content/blog/bundle/index.md": '+++\ntitle = "Bundle"\nslug = "The Bundle"\n+++\nText.\n',
        "content/about.md": '+++\ntitle = "About"\npath = "2026/03/26/1.94-about"\n+++\nText.\n',
        "content/draft.md": '+++\ntitle = "Draft"\ndraft = true\n+++\nText.\n',
        "content/data.md": '+++\ntitle = "Data"\nrender = false\n+++\nText.\n',
        "content/日本.md": '+++\ntitle = "Japan"\n+++\nText.\n',
    },
    {
        "content/_index.md": (f"{HOST}/town/", None),
        "content/blog/2020-06-25-The First Post.md": (f"{HOST}/town/blog/the-first-post/", "2020-06-25"),
        "content/blog/second_post.md": (f"{HOST}/town/blog/second-post/", "2011-12-11"),
        "content/blog/second_post.fr.md": (f"{HOST}/town/fr/blog/second-post/", None),
        "content/blog/bundle/index.md": (f"{HOST}/town/blog/the-bundle/", None),
        "content/about.md": (f"{HOST}/town/2026/03/26/1.94-about/", "2026-03-26"),
        "content/日本.md": (None, None),
    },
    {"content/draft.md": "draft", "content/data.md": "render"},
    {"content/blog/second_post.fr.md": "fr"},
    "en",
)

ASTRO = Sample(
    "astro",
    "src/content",
    {
        "package.json": '{"dependencies": {"astro": "^5"}}',
        "astro.config.mjs": f"export default defineConfig({{\n  site: '{HOST}',\n  integrations: [mdx()],\n}});\n",
        "src/pages/blog/[...slug].astro": "---\nconst posts = await getCollection('blog');\n---\n",
        "src/content/blog/First Post.md": post("First", "pubDate: Jul 08 2022\n"),
        "src/content/blog/boats/index.mdx": post("Boats", "pubDate: 2022-07-09\n"),
        "src/content/blog/other.md": post("Other", "slug: another/name\n"),
        "src/content/blog/draft.md": post("Draft", "draft: true\n"),
        "src/content/blog/_idea.md": post("Idea"),
    },
    {
        "src/content/blog/First Post.md": (f"{HOST}/blog/first-post/", "2022-07-08"),
        "src/content/blog/boats/index.mdx": (f"{HOST}/blog/boats/", "2022-07-09"),
        "src/content/blog/other.md": (f"{HOST}/blog/another/name/", None),
    },
    {"src/content/blog/draft.md": "draft", "src/content/blog/_idea.md": UNDERSCORE},
)

OBSIDIAN = Sample(
    "obsidian",
    ".",
    {
        ".obsidian/app.json": "{}",
        "Boats.md": post("Boats", "aliases: [Ships, Vessels]\ntags: [sea]\n"),
        "Town/The Harbour.md": post("The Harbour", "created: 2020-01-01\n"),
        "Secret.md": post("Secret", "publish: false\n"),
    },
    {"Boats.md": (None, None), "Town/The Harbour.md": (None, None)},
    {"Secret.md": "publish"},
)

PLAIN = Sample(
    "plain",
    ".",
    {
        "a.md": post("A", "date: 2020-01-01\npermalink: /a/\n"),
        "b.md": post("B", "date: 2020-01-02\n"),
        "c.md": post("C", "date: 2020-01-02\npublished: false\n"),
        "d.md": post("D", "date: 2020-01-02\npublished: false\nwebUrl: https://other.example/d\n"),
    },
    {
        "a.md": ("/a/", "2020-01-01"),
        "b.md": (None, "2020-01-02"),
        "d.md": ("https://other.example/d", "2020-01-02"),
    },
    {"c.md": "published"},
)

SAMPLES = (JEKYLL, HUGO, HEXO, ELEVENTY, PELICAN, DOCUSAURUS, ZOLA, ASTRO, OBSIDIAN, PLAIN)
