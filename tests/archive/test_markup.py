"""What generators and note takers write into Markdown, and what a reader sees of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive.markdown import MDX, NOTE, read_markdown
from indexer.archive.markup import hide_markup
from indexer.archive.read import read_bytes
from indexer.archive.site import Site
from tests.archive.helpers import NOW, SETTINGS, read


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("```yaml\nimage: {{ .Values.name }}\n{% if x %}\n```\n\nText {{ gone }}.", "image: {{ .Values.name }} {% if x %}|Text ."),
        ("In `{{ code }}` and `{% tag %}`, not {% tag %}.", "In {{ code }} and {% tag %}, not ."),
        ("Text:\n\n    {{ indented }}\n    {{ code }}\n", "Text:|{{ indented }} {{ code }}"),
        ("~~~\n{{ a }}\n\n{{ b }}\n~~~", "{{ a }}|{{ b }}"),
        ("<pre><code>{{ a }}</code></pre>\n\nAnd <code>{{ b }}</code> {{ c }}", "{{ a }}|And {{ b }}"),
        ("| a | `{{ b }}` |\n|---|---|\n| {{ c }} | d |", "a {{ b }}|d"),
        ("{% highlight go %}\nf({{ x }}) <y>\n{% endhighlight %}\nText", "f({{ x }}) <y>|Text"),
        ("{{< highlight go >}}\nf()\n{{< /highlight >}}", "f()"),
        ("{% raw %}{{ kept }}{% endraw %} {{ gone }}", "{{ kept }}"),
        ("{% comment %}gone{% endcomment %}kept", "kept"),
        ('{{< figure src="a.png" caption="x" >}}\n{{% note %}}\nA *note*.\n{{% /note %}}', "x|A note."),
        ('{{< figure src="a.png" title="The pier" caption="Seen \\"from\\" <sea>" >}}', 'The pier Seen "from" <sea>'),
        ("{{< figure caption=`A boat` >}} `{{< figure caption=\"x\" >}}`", 'A boat {{< figure caption="x" >}}'),
        ("Write {{</* ref */>}} so. {{/* gone */}}", "Write {{< ref >}} so."),
        ("* Contents\n{:toc}\n\n## One {#one .c}\n\nText\n{: .lead}", "One|Text"),
        ("[TOC]\n\nText", "Text"),
        ("See [[Keys|the keys]], [[Keys#Fast]] and [[Keys#^b1|it]].", "See the keys, Keys > Fast and it."),
        ("![[a.png]] ![[a.png|300]] ![[a.png|A boat]] ![[Note]]", "A boat Note"),
        ("`[[ -f x ]]` and [[ -f x ]]", "[[ -f x ]] and [[ -f x ]]"),
        ("A claim.[^1] More[^n].\n\n[^1]: https://x.example\n[^n]: A *note*.", "A claim. More.|https://x.example|A note."),
        ("Text of [it]\n[it]: https://x.example 'T'\nMore", "Text of it|More"),
        (":::tip Good to know\nText\n:::", "Good to know Text"),
        ("> [!note] Care\n> Text", "Care Text"),
        ("See <https://x.example/y> and <tips@post.example>.", "See https://x.example/y and tips@post.example."),
    ],
)  # fmt: skip
def test_what_a_reader_sees(body: str, text: str) -> None:
    assert "|".join(read_markdown(body).paragraphs) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("import A from '../a'\nimport {\n  B,\n} from 'b'\n\nText", "Text"),
        ("export const meta = {\n  a: [1,\n\n  2],\n}\n\nText", "Text"),
        ("<Chart>A caption</Chart>\n\nText", "A caption|Text"),
        ('<Card title="Boats" onClick={() => { go(">") }}>\n\nBy *sea*.\n\n</Card>', "Boats|By sea."),
        ("<Tabs>\n<TabItem value='a' label='Apple'>Red</TabItem>\n</Tabs>", "Apple Red"),
        ("A {props.x} of {'words'} {/* gone */} {`here`}", "A of words here"),
        ("<>Text <b>bold</b></>", "Text bold"),
        ("a < b, 1 > 0, \\{kept\\}", "a < b, 1 > 0, {kept}"),
        ("`<Foo a={1}>` stays", "<Foo a={1}> stays"),
        ("```jsx\nimport X from 'y'\n<Foo a={1}/>\n```", "import X from 'y' <Foo a={1}/>"),
        ("Text of\nimport duty on boats", "Text of import duty on boats"),
        ("{unclosed", "{unclosed"),
    ],
)
def test_mdx(body: str, text: str) -> None:
    assert read_markdown(body, MDX).paragraphs == tuple(text.split("|"))


def test_an_mdx_file() -> None:
    text = "---\ntitle: Two\n---\nimport A from 'a'\n\n<A>A caption</A>\n"
    assert read(text, "two.mdx").found[0].article.body == "A caption"
    assert "import" in read(text, "two.md").found[0].article.body


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("A %%hidden%% word.\n\n%%\nAll\n\n[[this]]\n%%\n\nMore", "A word.|More"),
        ("A ==bright [[Sea|sea]]== and a == b == c, x==", "A bright sea and a == b == c, x=="),
        ("A claim. ^block1\n\n- Item ^b-2\n- x^2 and ^ here\n\n^b3", "A claim.|Item|x^2 and ^ here"),
        ("```mermaid\n%% one\n```\n\nBetween\n\n```mermaid\n%% two\n```", "%% one|Between|%% two"),
        ("`%%` and `a==b==c`, 5%% of it", "%% and a==b==c, 5%% of it"),
    ],
)
def test_what_a_reader_of_a_note_sees(body: str, text: str) -> None:
    assert "|".join(read_markdown(body, NOTE).paragraphs) == text


def test_the_tags_of_a_note() -> None:
    body = "On #boats, (#sea/north) and #2020; not `#code`, a#b or https://a.example/#part.\n\n# Heading\n"
    assert read_markdown(body, NOTE).tags == ("boats", "sea/north")
    assert read_markdown(body).tags == ()
    assert read_markdown(f"{body} [[Link]]").tags == ("boats", "sea/north")


def test_the_tags_of_a_note_are_those_of_its_article() -> None:
    text = b"---\ntags: [Boats]\n---\nOn #boats and #sea.\n"
    record = read_bytes("a.md", text, SETTINGS, site=Site("obsidian"), now=NOW)
    assert record.found[0].article.tags == ("Boats", "sea")


@given(st.text(alphabet="{}%[]|^:#<>/`!= \n~-.ab*", max_size=120))
def test_what_is_hidden_is_what_was_there(body: str) -> None:
    for note in (False, True):
        markup = hide_markup(body, note=note)
        assert markup.original(markup.text).split() == body.split()


@given(st.text(alphabet="{}%[]|^:#<>/`'\"=! \n~-.ABab*", max_size=120))
def test_any_body_is_read(body: str) -> None:
    for flavour in ("", MDX, NOTE):
        for paragraph in read_markdown(body, flavour).paragraphs:
            assert paragraph == " ".join(paragraph.split())
            assert not {"\ue100", "\ue101", "\ue102", "\ue103"} & set(paragraph)
