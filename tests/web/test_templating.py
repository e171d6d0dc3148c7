"""Templates as they are compiled here give what Jinja's own give, and fail where these fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import FunctionLoader, StrictUndefined, UndefinedError

import search_web
from search_web import template_text
from search_web.templating import QuickEnvironment

OURS = Path(search_web.__file__).parent / "templates"

TEMPLATES = {
    "parts": """{% macro shown(one, mark='<b>') %}{{ mark }}{{ one.name }}{% endmacro %}
        {% macro boxed(one) %}{{ one.name }}{{ caller() }}{% endmacro %}""",
    "inner": "{% for one in ones %}{{ loop.index }} {{ one.name|upper }}{{ outer }}{{ shown_here }}{% endfor %}",
    "framed": """{% from "parts" import shown %}{% set outer = "<own>" %}{{ shown(ones[1]) }}{% include "inner" %}
        {% for name in ["inner", "none"] %}{% include [name, "parts"] %}{% endfor %}
        {% include "none" ignore missing %}{% include "filled" %}{% include "plain" without context %}""",
    "filled": """{% extends "base" %}{% block head %}filled{% endblock %}""",
    "plain": "{{ ones is defined }}",
    "nested": """{% if depth %}{{ depth }}{% with depth = depth - 1 %}{% include "nested" %}{% endwith %}{% endif %}""",
    "base": "<{% block head %}base{% endblock %}>{% block main %}{% endblock %}",
    "page": """{% extends "base" %}{% from "parts" import shown, boxed %}
        {% block head %}{{ super() }}&{% endblock %}
        {% block main %}{% set shown_here = "<set>" %}{{ shown(ones[0]) }}{{ shown(ones[1], mark="&") }}
        {{ shown(*ones[:1]) }}{% call boxed(ones[0]) %}<i>{{ plain(3, more=4) }}</i>{% endcall %}
        {{ ones[0].greets("<you>") }}{% include "inner" %}
        {% include "framed" %}{{ outer }}{% with depth = 3 %}{% include "nested" %}{% endwith %}{% endblock %}""",
}


@dataclass
class One:
    name: str

    def greets(self, whom: str) -> str:
        return f"{self.name} greets {whom}"


def _environment(kind: type[Environment], templates: dict[str, str], folder: Path = OURS) -> Environment:
    """Return an environment whose templates lie in `folder`, those called `own…` in that of a site."""

    def found(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        place = Path("/site") if name.startswith("own") else folder
        return (templates[name], str(place / name), lambda: True) if name in templates else None

    return kind(Flask("test"), loader=FunctionLoader(found), autoescape=True, undefined=StrictUndefined)


def _rendered(kind: type[Environment]) -> str:
    environment = _environment(kind, TEMPLATES)
    ones = [One("<a>"), One("b")]
    return environment.get_template("page").render(
        ones=ones, outer="<outer>", plain=lambda one, more: one + more
    )


def test_a_page_is_what_jinja_makes_of_it() -> None:
    page = _rendered(QuickEnvironment)
    assert page.split() == _rendered(Environment).split()
    assert "&lt;a&gt; greets &lt;you&gt;" in page
    assert "<i>7</i>" in page


@pytest.mark.parametrize("text", ["{{ one.title }}", "{{ two.name }}", "{{ one.name.other }}"])
def test_what_is_not_there_fails(text: str) -> None:
    environment = _environment(QuickEnvironment, {"page": text})
    with pytest.raises((AttributeError, UndefinedError), match=r"no attribute|undefined"):
        environment.get_template("page").render(one=One("a"))


OWN = {
    "parts": """{% macro shown(one, mark="<b>") %}{{ mark|safe }}{{ one }}{% endmacro %}""",
    "own_parts": """{% macro framed(one) %}[{{ one }}{% if caller is defined %}{{ caller() }}{% endif %}]{% endmacro %}""",
    "base": """{% from "own_parts" import framed %}{{ framed(one) }} {{ framed(one="&") }}
        {% block main %}<p>{% include "own" %}</p>{% endblock %}""",
    "own": """{% from "parts" import shown %}{% from "own_parts" import framed %}
<pre>
    {{ given.a }} {{ shown(one) }} {{ shown(one, mark="<i>") }} {{ shown(mark="<s>", one=3) }}
        {% call framed(one) %}{{ shown("&") }}{% endcall %}
</pre>""",
    "own_page": """{% extends "base" %}{% block main %}{{ super() }}{{ link(class="<c>") }}{% endblock %}""",
}


def test_templates_of_a_site_are_plain_jinja() -> None:
    one, two = (
        _environment(kind, OWN)
        .get_template("own_page")
        .render(one="<one>", given={"a": "<a>"}, link=lambda **named: named["class"])
        for kind in (QuickEnvironment, Environment)
    )
    assert one.replace("\n        ", "\n") == two.replace("\n        ", "\n")
    assert "\n    &lt;a&gt; <b>&lt;one&gt; <i>&lt;one&gt; <s>3\n        [&lt;one&gt;<b>&amp;]\n</pre>" in one
    assert "&lt;c&gt;" in one


def test_a_text_without_a_translation_keeps_its_blanks() -> None:
    source = '<textarea title="Name">\n  A  name <b title="Name">{{ "a  b" }}</b> is\n\n  here</textarea>'
    said = template_text.translated(source, lambda text: {"Name": "Nom"}.get(text, text))
    assert said == source.replace('"Name"', '"Nom"')
