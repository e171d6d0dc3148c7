"""Languages: what files, settings and folders call them -> BCP 47 tags, names, directions.

>>> language_tag("pt_BR"), language_tag("deu"), language_tag("Norwegian"), language_tag("php")
('pt-BR', 'de', 'no', None)
>>> language_name("pt-BR"), broader("zh-Hant-TW"), is_right_to_left("he")
('Portuguese (BR)', ('zh-Hant', 'zh'), True)

A tag has the shortest code of ISO 639, in small letters, a script where it was given (`zh-Hant`) and a region
(`en-US`); variants are dropped. The table is that of ISO 639-1 with all codes of ISO 639-2, and some
languages of ISO 639-3 that sites are written in.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

DEFAULT = "english"  # what an archive is taken for whose language nobody can tell
# Of the languages that the analysis stems, all of which Snowball knows; words of others are folded alone.
STEMMED = (
    "arabic", "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian",
    "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish",
)  # fmt: skip

# Codes, the one that is taken first, and the name.
_TABLE = """
aa aar Afar; ab abk Abkhazian; ae ave Avestan; af afr Afrikaans; ak aka Akan; am amh Amharic; an arg
Aragonese; ang Old English; ar ara Arabic; arc Aramaic; as asm Assamese; ast Asturian; av ava Avaric; ay
aym Aymara; az aze Azerbaijani; ba bak Bashkir; be bel Belarusian; bg bul Bulgarian; bho Bhojpuri; bi bis
Bislama; bm bam Bambara; bn ben Bengali; bo bod tib Tibetan; br bre Breton; bs bos Bosnian; ca cat
Catalan; ce che Chechen; ceb Cebuano; ch cha Chamorro; chr Cherokee; ckb Central Kurdish; cnr
Montenegrin; co cos Corsican; cr cre Cree; cs ces cze Czech; csb Kashubian; cu chu Church Slavonic; cv
chv Chuvash; cy cym wel Welsh; da dan Danish; de deu ger German; dsb Lower Sorbian; dv div Divehi; dz dzo
Dzongkha; ee ewe Ewe; el ell gre Greek; en eng English; eo epo Esperanto; es spa Spanish; et est
Estonian; eu eus baq Basque; fa fas per Persian; ff ful Fula; fi fin Finnish; fil Filipino; fj fij
Fijian; fo fao Faroese; fr fra fre French; frr North Frisian; fy fry Western Frisian; ga gle Irish; gd
gla Scottish Gaelic; gl glg Galician; gn grn Guarani; grc Ancient Greek; gsw Swiss German; gu guj
Gujarati; gv glv Manx; ha hau Hausa; haw Hawaiian; he heb Hebrew; hi hin Hindi; hmn Hmong; ho hmo Hiri
Motu; hr hrv Croatian; hsb Upper Sorbian; ht hat Haitian Creole; hu hun Hungarian; hy hye arm Armenian;
hz her Herero; ia ina Interlingua; id ind Indonesian; ie ile Interlingue; ig ibo Igbo; ii iii Nuosu; ik
ipk Inupiaq; ilo Iloko; io ido Ido; is isl ice Icelandic; it ita Italian; iu iku Inuktitut; ja jpn
Japanese; jbo Lojban; jv jav Javanese; ka kat geo Georgian; kab Kabyle; kg kon Kongo; ki kik Kikuyu; kj
kua Kuanyama; kk kaz Kazakh; kl kal Greenlandic; km khm Khmer; kn kan Kannada; ko kor Korean; kr kau
Kanuri; ks kas Kashmiri; ku kur Kurdish; kv kom Komi; kw cor Cornish; ky kir Kyrgyz; la lat Latin; lad
Ladino; lb ltz Luxembourgish; lg lug Luganda; li lim Limburgish; lmo Lombard; ln lin Lingala; lo lao Lao;
lt lit Lithuanian; lu lub Luba-Katanga; lv lav Latvian; mai Maithili; mg mlg Malagasy; mh mah
Marshallese; mi mri mao Maori; mk mkd mac Macedonian; ml mal Malayalam; mn mon Mongolian; mr mar Marathi;
ms msa may Malay; mt mlt Maltese; mwl Mirandese; my mya bur Burmese; na nau Nauru; nap Neapolitan; nb nob
Norwegian Bokmål; nd nde North Ndebele; nds Low German; ne nep Nepali; ng ndo Ndonga; nl nld dut Dutch;
nn nno Norwegian Nynorsk; no nor Norwegian; nr nbl South Ndebele; nv nav Navajo; ny nya Chichewa; oc oci
Occitan; oj oji Ojibwa; om orm Oromo; or ori Odia; os oss Ossetian; pa pan Punjabi; pi pli Pali; pl pol
Polish; pms Piemontese; ps pus Pashto; pt por Portuguese; qu que Quechua; rm roh Romansh; rn run Kirundi;
ro ron rum Romanian; ru rus Russian; rue Rusyn; rw kin Kinyarwanda; sa san Sanskrit; sah Yakut; sat
Santali; sc srd Sardinian; scn Sicilian; sco Scots; sd snd Sindhi; se sme Northern Sami; sg sag Sango; sh
hbs Serbo-Croatian; si sin Sinhala; sk slk slo Slovak; sl slv Slovenian; sm smo Samoan; sn sna Shona; so
som Somali; sq sqi alb Albanian; sr srp Serbian; ss ssw Swati; st sot Southern Sotho; su sun Sundanese;
sv swe Swedish; sw swa Swahili; syr Syriac; szl Silesian; ta tam Tamil; te tel Telugu; tg tgk Tajik; th
tha Thai; ti tir Tigrinya; tk tuk Turkmen; tl tgl Tagalog; tn tsn Tswana; to ton Tongan; tok Toki Pona;
tr tur Turkish; ts tso Tsonga; tt tat Tatar; tw twi Twi; ty tah Tahitian; ug uig Uyghur; uk ukr
Ukrainian; ur urd Urdu; uz uzb Uzbek; ve ven Venda; vec Venetian; vi vie Vietnamese; vo vol Volapük; wa
wln Walloon; wo wol Wolof; xh xho Xhosa; yi yid Yiddish; yo yor Yoruba; yue Cantonese; za zha Zhuang; zgh
Tamazight; zh zho chi Chinese; zu zul Zulu
"""
# Withdrawn codes, others for what has a code already, and codes of countries that many sites take for those
# of their languages: none of them is one.
_OTHER_CODES = {
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "cmn": "zh", "arb": "ar", "prs": "fa", "pes": "fa",
    "zsm": "ms", "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "kr": "ko", "ua": "uk",
    "vn": "vi",
}  # fmt: skip
_OTHER_NAMES = {
    "bangla": "bn", "bokmål": "nb", "bokmal": "nb", "castilian": "es", "chewa": "ny", "farsi": "fa",
    "flemish": "nl", "gaelic": "gd", "mandarin": "zh", "nynorsk": "nn", "panjabi": "pa", "sinhalese": "si",
    "slovene": "sl", "valencian": "ca", "norwegian bokmal": "nb",
    "deutsch": "de", "español": "es", "espanol": "es", "français": "fr", "francais": "fr", "italiano": "it",
    "português": "pt", "portugues": "pt", "nederlands": "nl", "polski": "pl", "čeština": "cs",
    "slovenčina": "sk", "magyar": "hu", "română": "ro", "svenska": "sv", "dansk": "da", "norsk": "no",
    "suomi": "fi", "türkçe": "tr", "català": "ca", "ελληνικά": "el", "русский": "ru", "українська": "uk",
    "български": "bg", "עברית": "he", "العربية": "ar", "فارسی": "fa", "हिन्दी": "hi", "ไทย": "th",
    "日本語": "ja", "中文": "zh", "简体中文": "zh-Hans", "繁體中文": "zh-Hant", "한국어": "ko",
    "tiếng việt": "vi", "bahasa indonesia": "id", "brazilian portuguese": "pt-BR",
    "simplified chinese": "zh-Hans", "traditional chinese": "zh-Hant",
}  # fmt: skip
# The macrolanguages that two standards of one language are analysed as.
_ANALYSED_AS = {"nb": "no", "nn": "no", "yue": "zh"}
_RIGHT_TO_LEFT = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"])
_RIGHT_TO_LEFT_SCRIPTS = frozenset(["Adlm", "Arab", "Aran", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"])

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?"
    r"(?:[-_.@](?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}|(?i:utf-?8)))*"
)


class _Names(NamedTuple):
    """The table: by code the one that is taken, by that the name; codes by name, in small letters."""

    codes: Mapping[str, str]
    names: Mapping[str, str]
    by_name: Mapping[str, str]


@functools.cache
def _names() -> _Names:
    codes: dict[str, str] = dict(_OTHER_CODES)
    names: dict[str, str] = {}
    for row in _TABLE.split(";"):
        words = row.split()
        own = [word for word in words if word[0].islower()]
        names[own[0]] = " ".join(words[len(own) :])
        codes.update(dict.fromkeys(own, own[0]))
    by_name = {name.lower(): code for code, name in names.items()}
    return _Names(codes, names, by_name | _OTHER_NAMES)


@functools.lru_cache(maxsize=1024)
def language_tag(text: str) -> str | None:
    """Return the tag of what a file calls its language, by a code, a tag or a name; None for what is none."""
    text = text.strip()
    codes, _, by_name = _names()
    match = _TAG.fullmatch(text)
    code = codes.get(match[1].lower()) if match else None
    if match is None or code is None:
        return by_name.get(" ".join(text.lower().split()))
    script, region = (match[2] or "").title(), (match[3] or "").upper()
    return "-".join(filter(None, (code, script, region)))


def path_language(name: str) -> str | None:
    """Return the tag of a language that a folder, or the ending of a file, may stand for: by its shortest
    code, with script and region or without. What has three letters is mostly a word."""
    tag = language_tag(name) if _TAG.fullmatch(name) else None
    primary = name[: 3 if name[2:3].isalpha() else 2].lower()
    return tag if tag and (len(primary) == 2 or tag.split("-")[0] == primary) else None


def language_name(tag: str) -> str:
    """Return the English name of a tag's language, with what else the tag says; what is no tag as it is."""
    primary, _, rest = tag.partition("-")
    name = _names().names.get(primary)
    if name is None:
        return tag
    return f"{name} ({rest.replace('-', ', ')})" if rest else name


def broader(tag: str) -> tuple[str, ...]:
    """Return the tags that say less, the nearest first: of `zh-Hant-TW` `zh-Hant` and `zh`."""
    parts = tag.split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def codes_of(tag: str) -> tuple[str, ...]:
    """Return the other ways in which a tag is written: longer codes of its language, with `_`."""
    primary, _, rest = tag.partition("-")
    others = [code for code, taken in _names().codes.items() if taken == primary]
    tags = [f"{code}-{rest}" if rest else code for code in others]
    return tuple(way for way in dict.fromkeys([*tags, *(t.replace("-", "_") for t in tags)]) if way != tag)


def is_right_to_left(tag: str) -> bool:
    """Whether a language is written from right to left."""
    primary, *rest = tag.split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS if scripts else primary in _RIGHT_TO_LEFT


def analysed_language(text: str) -> str | None:
    """Return what the analysis calls a language, its name in small letters; None for what is none.

    >>> analysed_language("de"), analysed_language("nb-NO"), analysed_language("Hebrew")
    ('german', 'norwegian', 'hebrew')
    """
    tag = language_tag(text)
    if tag is None:
        return None
    primary = tag.split("-")[0]
    return _names().names[_ANALYSED_AS.get(primary, primary)].lower()


def code_of(language: str) -> str:
    """Return the code of a language as the analysis calls it."""
    return _names().by_name[language]
