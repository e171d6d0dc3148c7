"""Templates as they are compiled here give what Jinja's own give, and fail where these fail."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.templating import Environment
from jinja2 import DictLoader, StrictUndefined, UndefinedError

from search_web.templating import QuickEnvironment

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


def _rendered(kind: type[Environment]) -> str:
    environment = kind(
        Flask("test"), loader=DictLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
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
    environment = QuickEnvironment(Flask("test"), undefined=StrictUndefined)
    with pytest.raises((AttributeError, UndefinedError), match=r"no attribute|undefined"):
        environment.from_string(text).render(one=One("a"))
