"""Bytes -> text, and HTML -> plain text.

`decode` makes a file's bytes a text that every later stage can hold: no byte order mark, lines
that end in `\\n`, no control characters. `plain_text` takes HTML off a value.
"""

from __future__ import annotations

import codecs
import html
import re
import unicodedata
from collections.abc import Callable

from indexer.archive.records import FileError

# What libyaml refuses, what a terminal would obey, and what no UTF-8 can hold: C0 without tab and
# line feed, DEL, C1, half surrogates, the two noncharacters, and a byte order mark inside a text.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff\ufffe\uffff]")
# Of random bytes an eighth are control characters; read as UTF-16, a sixth are those, or letters that are
# unassigned or private. Of a text, a few may be.
_JUNK = 12
_MAX_STRAY = 3  # of those in a short text
_NO_LETTERS = frozenset(("Cc", "Cn", "Co", "Cs"))
_OTHER_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")  # libyaml would count them as lines
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Most files need no mending, and their bytes tell it in a quarter of the time that the patterns above
# take on the text: without the usual ASCII little is left, and in that no control character and
# none of the other line ends. (Bytes that were apart may look like one: then the patterns decide.)
_USUAL = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_SUSPECT = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf|\xef\xbf[\xbe\xbf]")
# A semicolon is asked for: without one, `R&D`, `?a=1&copy=2` and `AT&T` would be read as entities.
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _words(text: str) -> list[str]:
    return text.split()


_BLOCKS = frozenset(
    _words(
        "address article aside blockquote body br button caption center col colgroup dd details dialog dir "
        "div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header "
        "hgroup hr html iframe legend li main menu nav noframes noscript ol optgroup option p pre search "
        "section select summary table tbody td textarea tfoot th thead title tr ul video audio"
    )
)
_INLINE_TAGS = _words(
    "a abbr acronym applet area b base basefont bdi bdo big canvas cite code data datalist del dfn em embed "
    "font i img input ins kbd label link map mark math meta meter object output param path picture progress "
    "q rp rt ruby s samp slot small source span strike strong sub sup svg template time track tt u var wbr "
    "g-emoji o:p"
)
_DROPPED = ("script", "style")  # with what they hold
# What may stand in a tag without a value, or with one that is in no quotes: without such a name, the tag is
# none (`a<b then c>d`).
_ATTRIBUTES = frozenset(
    _words(
        "/ abbr accept action align allow allowfullscreen alt archive async autocapitalize autocomplete "
        "autofocus autoplay background bgcolor border cellpadding cellspacing char charset checked cite "
        "class clear code color cols colspan compact content contenteditable controls coords crossorigin "
        "data datetime declare decoding default defer dir disabled download draggable enctype face for form "
        "frame frameborder headers height hidden high href hreflang hspace icon id inert integrity is ismap "
        "itemid itemprop itemref itemscope itemtype kind label lang language link list longdesc loop "
        "loading low marginheight marginwidth max maxlength media method min minlength multiple muted name "
        "nohref nomodule nonce noresize noshade novalidate nowrap onclick onerror onload open optimum part "
        "pattern ping placeholder playsinline poster preload profile property readonly referrerpolicy rel "
        "required rev reversed role rows rowspan rules sandbox scheme scope scrolling selected shape size "
        "sizes slot span spellcheck src srcdoc srclang srcset standby start step style summary tabindex "
        "target text title translate type usemap valign value valuetype version vlink vspace width wrap "
        "xmlns"
    )
)
_NAMES = "|".join(sorted((*_BLOCKS, *_INLINE_TAGS, *_DROPPED), key=len, reverse=True))
# No part of a tag's pattern goes past the next `<`, so the search is linear whatever the text.
_MARKUP = re.compile(
    rf"(?i)<(/?)({_NAMES})(?=[\s/>])((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*|[^<>]*)>"
    r"|<!--|-->|<!\[CDATA\[|\]\]>|<!doctype[^<>]*>|<\?xml[^<>]*>"
)
_CUT_TAG = re.compile(rf"(?i)<(?:{_NAMES})\s([^=]+=.*)", re.DOTALL)
_QUOTED = re.compile("=\\s*[\"']")
_END = re.compile(r"(?i)-->|</(?:script|style)(?=[\s/>])")


def decode(data: bytes, note: Callable[[str, str], None]) -> str:
    """Return a file's bytes as text; `note` is called with what had to be repaired.

    UTF-8, or UTF-16 with a byte order mark. Bytes that are no UTF-8 are read as Windows-1252, one
    by one (`bad_bytes`), so that a file of mixed encodings keeps what is right in it. Control
    characters go (`control_characters`).
    """
    if not _SUSPECT.search(data.translate(None, _USUAL)):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass  # told below
    text = _decoded(data, note).replace("\r\n", "\n").replace("\r", "\n")
    kept, count = _CONTROL.subn("", text.translate(_OTHER_LINE_ENDS))
    if _is_junk(count, len(text)):
        raise FileError(f"it is not text: {count:,} of its {len(text):,} characters are control characters")
    if count:
        note("control_characters", f"{count} control characters were left out")
    return kept


def _decoded(data: bytes, note: Callable[[str, str], None]) -> str:
    encoding = "utf-8"
    for bom, name in _BOMS:
        if data.startswith(bom):
            data, encoding = data[len(bom) :], name
            break
    try:
        return data.decode() if encoding == "utf-8" else _utf_16(data, encoding, "strict")
    except UnicodeDecodeError as error:
        place = f"byte {error.start + 1:,} is not {encoding.upper()}"
    if encoding != "utf-8":
        note("bad_bytes", f"{place}; such bytes were replaced")
        return _utf_16(data, encoding)
    note("bad_bytes", f"{place}; such bytes were read as Windows-1252")
    return data.decode("utf-8", errors="backfile-windows-1252")


def _utf_16(data: bytes, encoding: str, errors: str = "replace") -> str:
    """Return a text in UTF-16. Raises FileError where that is no text: its mark may stand at the head of any
    junk, and nearly every two bytes are a letter."""
    text = data.decode(encoding, errors)
    count = sum(c == "\ufffd" or unicodedata.category(c) in _NO_LETTERS for c in text if c not in "\t\n\r")
    if _is_junk(count, len(text)):
        raise FileError(
            f"it is not text: it begins like UTF-16, but {count:,} of its {len(text):,} characters are none"
        )
    return text


def _is_junk(count: int, length: int) -> bool:
    """Whether a text that has `count` characters which are none in texts is none."""
    return (count > _MAX_STRAY and count * _JUNK > length) or 0 < length <= count * 2


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("backfile-windows-1252", _as_windows_1252)


def plain_text(value: str) -> str:
    """Return `value` as one line of text without HTML, in NFC, white space collapsed.

    Entities are decoded first and tags stripped then, so that an escaped `&lt;b&gt;` goes like
    `<b>`: feeds escape whole excerpts. What is encoded twice (`&amp;quot;`) is decoded twice. Only
    names of HTML's own tags are tags: `a < b`, `<3`, `List<string>` and `<GM.N>` stay.
    """
    if "&" in value:
        value = decode_entities(value)
    if "<" in value:
        value = strip_tags(value, " ")
    return tidy(value)


def tidy(value: str) -> str:
    """Return one line: no control characters (YAML's escapes can make them), single spaces, NFC."""
    if not value.isprintable():
        value = " ".join(_CONTROL.sub("", value).split())
    elif "  " in value or value[:1] == " " or value[-1:] == " ":  # no other white space is printable
        value = " ".join(value.split())
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def decode_entities(text: str) -> str:
    """Decode entities that end in a semicolon; twice where the result has some of them again."""
    once = ENTITY.sub(unescape, text)
    return ENTITY.sub(unescape, once) if "&" in once else once


def unescape(match: re.Match[str]) -> str:
    """Return what an entity stands for."""
    return html.unescape(match.group())


def unescape_text(text: str) -> str:
    """Decode entities once."""
    return ENTITY.sub(unescape, text) if "&" in text else text


def strip_tags(text: str, block: str) -> str:
    """Take HTML's tags, comments, scripts and styles out; `block` stands where a block's tag was.

    A comment, script or style that never ends loses its tag only: it is more likely a text about
    HTML. A tag that the text's end cuts off goes.
    """
    last = text.rfind("<")
    if text.find(">", last) < 0 and (cut := _CUT_TAG.match(text, last)) and _are_attributes(cut[1]):
        text = text[:last]
    last_ends = {match.group().lower(): match.start() for match in _END.finditer(text)}
    kept: list[str] = []
    position = 0
    awaited = ""  # the end of a comment, script or style
    for match in _MARKUP.finditer(text):
        name = (match.group(2) or "").lower()
        if awaited:
            if match.group() == awaited or f"<{match.group(1)}{name}" == awaited:
                awaited, position = "", match.end()
            continue
        if name and not _are_attributes(match[3]):
            continue
        kept.append(text[position : match.start()])
        position = match.end()
        if name in _BLOCKS:
            kept.append(block)
        end = _end_of(match, name)
        if last_ends.get(end, -1) >= match.end():
            awaited = end
    kept.append(text[position:])
    return "".join(kept)


def _are_attributes(text: str) -> bool:
    """Whether what stands behind the name of a tag are attributes, and not the words of a comparison."""
    if not text or _QUOTED.search(text):
        return True
    names = (word.partition("=")[0].rstrip("/").lower() for word in text.split())
    return all(not name or name in _ATTRIBUTES or not name.isalnum() for name in names)


def _end_of(match: re.Match[str], name: str) -> str:
    """Return what ends that which this piece of markup begins, where all in between is dropped."""
    if match.group() == "<!--":
        return "-->"
    return f"</{name}" if name in _DROPPED and not match.group(1) else ""
