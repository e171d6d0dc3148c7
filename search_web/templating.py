"""Templates, faster and smaller.

A page of results writes a thousand values, and Jinja makes a Markup of each text that it has escaped. Here
escaped text is text: in `benchmarks.pages` that takes .5 ms off a page of 5. An attribute is an attribute and
no item, a call passes no context, and what a template includes is one text, which takes .4 ms more. And lines
are not indented, which takes 2 kB off a page of 43; what stands in `<pre>` is written in one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import markupsafe
from flask import current_app
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.utils import missing
from markupsafe import Markup

from indexer.messages import Message
from search_web.template_text import ENGLISH

# The part of `markupsafe.escape` that replaces characters; without it the whole does the same, slower.
_escape_text: Any = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escaped(value: Any) -> str:
    """Return a value as it stands in HTML."""
    if type(value) is str or type(value) is Message:
        text: str = _escape_text(value)
        return text
    if type(value) is int:
        return str(value)
    return value if type(value) is Markup else markupsafe.escape(value)


def spoken(text: str) -> str:
    """Return a sentence in the language of the page of the app that answers."""
    said: str = current_app.jinja_env.globals["_"](text)  # type: ignore[operator]  # of QuickEnvironment
    return said


def callable_macro(macro: Callable[..., str], names: Sequence[str]) -> Callable[..., str]:
    """Return what calls a compiled macro with arguments called `names`: Jinja's own looks at them anew each
    time. What is not given is as the macro has it."""

    def call(*given: Any, **named: Any) -> str:
        if len(given) < len(names):
            given += tuple([named.pop(name, missing) for name in names[len(given) :]])
        return _marked_up(macro(*given, **named))  # which refuses what is left

    return call


_marked_up: Callable[[str], Markup] = partial(str.__new__, Markup)  # of escaped text
_INDENTATION = re.compile("^[ \t]+", re.MULTILINE)


class _Generator(CodeGenerator):
    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - as Jinja calls it
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - as Jinja calls it
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _import_common(self, node: Any, frame: Frame) -> None:
        if node.with_context:
            super()._import_common(node, frame)
            return
        self.write("environment.get_template(")
        self.visit(node.template, frame)
        self.write(f", {self.name!r}).module")  # globals are the same for all templates

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        if macro_ref.accesses_caller or macro_ref.accesses_kwargs or macro_ref.accesses_varargs:
            super().macro_def(macro_ref, frame)
            return
        names = tuple(argument.name for argument in macro_ref.node.args)
        self.write(f"environment.callable_macro(macro, {names!r})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - as Jinja calls it
        self.writeline("template = environment.get_template(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        names = f"context.get_all(), True, {self.dump_local_context(frame)}"
        self.simple_write(f"concat(template.root_render_func(template.new_context({names})))", frame)


class Translator(Protocol):
    """What speaks a language: see `translation`."""

    def text(self, text: str, /) -> str:
        """Return a text in the language."""

    def said(self, value: Any) -> Any:
        """Return a sentence, a date or a number in the language; other values as they are."""

    def source(self, source: str) -> str:
        """Return the source of a template in the language."""

    def script_texts(self) -> str:
        """Return the texts of the scripts, by what they are in English, as JSON."""


class QuickEnvironment(Environment):
    """What an app's templates are compiled in."""

    code_generator_class = _Generator

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Return a template's text as it is compiled, in the language of the page."""
        source = super().preprocess(_INDENTATION.sub("", source), name, filename)
        return self.translator.source(source) if self.translator and name not in ENGLISH else source

    escaped: Callable[[Any], str] = staticmethod(escaped)
    callable_macro = staticmethod(callable_macro)
    translator: Translator | None = None

    def speak(self, translator: Translator) -> None:
        """Let the templates speak another language, or write dates and numbers otherwise."""
        self.translator = translator

        def said(value: Any) -> str:
            return escaped(translator.said(value))

        self.escaped = said
        self.globals["_"] = translator.text
        self.globals["script_texts"] = translator.script_texts()
        for name in ("capital", "day", "number", "sentence", "plural", "moment_name"):
            self.filters[name] = getattr(translator, name)
