"""Templates, faster and smaller.

A page of results writes a thousand values, and Jinja makes a Markup of each text that it has escaped. Here
escaped text is text: in `benchmarks.pages` that takes .5 ms off a page of 5. An attribute is an attribute and
no item, and a call passes no context, which takes .4 ms more. What a template includes is compiled with it,
and a macro's text is written as it is, which takes .25 ms off a live fragment of 4.3. And lines are not
indented, which takes 2 kB off a page of 43; what stands in `<pre>` is written in one line.

All of this is for our own templates, which are written for it. Those of a site are plain Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import markupsafe
from flask import current_app
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.parser import Parser
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from indexer.messages import Message
from search_web.template_text import ENGLISH

# The part of `markupsafe.escape` that replaces characters; without it the whole does the same, slower.
escape_text: Any = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escaped(value: Any) -> str:
    """Return a value as it stands in HTML."""
    if type(value) is str or type(value) is Message:
        text: str = escape_text(value)
        return text
    if type(value) is int:
        return str(value)
    return value if type(value) is Markup else markupsafe.escape(value)


def is_ours(filename: str | None) -> bool:
    """Return whether the file of a template is one of ours."""
    return filename is not None and _TEMPLATES in Path(filename).parents


def spoken(text: str) -> str:
    """Return a sentence in the language of the page of the app that answers."""
    said: str = current_app.jinja_env.globals["_"](text)  # type: ignore[operator]  # of QuickEnvironment
    return said


def callable_macro(macro: Any, names: Sequence[str]) -> Callable[..., str]:
    """Return what calls a compiled macro with arguments called `names`: Jinja's own looks at them anew each
    time. What is not given is as the macro has it."""
    macro.__defaults__ = (missing,) * len(names)

    def call(*given: Any, **named: Any) -> str:
        if named:
            given += tuple([named.pop(name, missing) for name in names[len(given) :]])
        return marked_up(macro(*given, **named))  # which refuses what is left

    called: Callable[..., str] = with_text(call, macro)
    return called


def with_text(macro: Any, text: Any = None) -> Any:
    """Return what calls a macro; its attribute `text` is what templates call, which need not mark it up."""
    macro.text = text or macro
    return macro


marked_up: Callable[[str], Markup] = partial(str.__new__, Markup)  # of escaped text
_INDENTATION = re.compile("^[ \t]+", re.MULTILINE)
_TEMPLATES = Path(__file__).parent / "templates"


class _Generator(CodeGenerator):
    environment: QuickEnvironment

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - as Jinja calls it
        self._macros = {macro.name for macro in node.find_all(nodes.Macro)}
        for imported in node.find_all(nodes.FromImport):
            if self.environment.ours_in(imported):
                self._macros.update(name if isinstance(name, str) else name[1] for name in imported.names)
        super().visit_Template(node, frame)

    def _make_finalize(self) -> Any:
        return self._FinalizeInfo(self._default_finalize, None)  # `escaped` does what `finalize` does

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if not frame.eval_ctx.autoescape or frame.eval_ctx.volatile:
            super()._output_child_pre(node, frame, finalize)
        elif self._calls_macro(node):
            node.node = nodes.Getattr(node.node, "text", "load")  # see `with_text`
            self.write("(")
        else:
            self.write("environment.escaped(")

    def _calls_macro(self, node: Any) -> bool:
        """Return whether a node is the text of a macro, whose arguments are given by their places."""
        if not isinstance(node, nodes.Call) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return False
        return isinstance(node.node, nodes.Name) and node.node.name in self._macros

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
            self.write("environment.with_text(")
            super().macro_def(macro_ref, frame)
            self.write(")")
            return
        names = tuple(argument.name for argument in macro_ref.node.args)
        self.write(f"environment.callable_macro(macro, {names!r})")


class _Includer(NodeTransformer):
    """Puts what a template of ours includes of ours in its place. Jinja makes a context for each, and looks
    names up anew."""

    def __init__(self, environment: QuickEnvironment, around: frozenset[str | None]) -> None:
        self._environment = environment
        self._around = around  # the templates that include this one

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 - as Jinja calls it
        name = None if node.ignore_missing or not node.with_context else self._environment.ours_in(node)
        if not name or name in self._around:
            return node
        source, file, _ = self._environment.source_of(name)
        included = Parser(self._environment, source, name, file).parse()
        if included.find(nodes.Extends) or included.find(nodes.Block):
            return node
        return nodes.Scope(_Includer(self._environment, self._around | {name}).visit(included).body)


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

    @staticmethod
    def code_generator_class(environment: Any, name: str | None, filename: str | None, *more: Any) -> Any:  # type: ignore[override]  # Jinja calls it
        """Return what compiles a template: Jinja's own where it is not ours."""
        kind = _Generator if is_ours(filename) else CodeGenerator
        return kind(environment, name, filename, *more)

    def source_of(self, name: str) -> tuple[str, str | None, Any]:
        """Return the source of a template and its file. Raises TemplateNotFound."""
        return self.loader.get_source(self, name)  # type: ignore[union-attr]  # an app has one

    def ours_in(self, node: nodes.Include | nodes.FromImport) -> str:
        """Return the name of the template that another one includes or imports by its name, if it is one of
        ours; else an empty text. Raises TemplateNotFound."""
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        return name if isinstance(name, str) and is_ours(self.source_of(name)[1]) else ""

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Return a template's text as it is compiled, in the language of the page."""
        source = super().preprocess(source, name, filename)
        if is_ours(filename):
            source = _INDENTATION.sub("", source)
        return self.translator.source(source) if self.translator and name not in ENGLISH else source

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: those of all, where it has none of its own."""
        return super().make_globals(d) if d else self.globals

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not is_ours(filename):
            return tree
        whole: nodes.Template = _Includer(self, frozenset({name})).visit(tree)
        return whole

    escaped: Callable[[Any], str] = staticmethod(escaped)
    callable_macro = staticmethod(callable_macro)
    with_text = staticmethod(with_text)
    translator: Translator | None = None

    def speak(self, translator: Translator) -> None:
        """Let the templates speak another language, or write dates and numbers otherwise."""
        self.translator = translator

        def said(value: Any) -> str:
            return escaped(translator.said(value))

        self.escaped = said
        self.finalize = translator.said  # in plain templates
        self.globals["_"] = translator.text
        self.globals["script_texts"] = translator.script_texts()
        for name in ("capital", "day", "number", "sentence", "plural", "moment_name"):
            self.filters[name] = getattr(translator, name)
