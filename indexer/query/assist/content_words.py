"""Content words: those that say what a text is about. Stop words, numbers and words that could stand in any
text are none.

Only content words make articles related, broaden a search and set articles apart. The others are searched
for all the same where somebody types them.
"""

from __future__ import annotations

import re

from indexer.analysis import Analyzer

# Adverbs, modals, verbs of no content of their own, quantities and words that join sentences, beside what
# queries drop already; of the kind that the 571 stop words of SMART are (Salton, "The SMART Retrieval
# System", 1971), without those of them that can be a subject ("help", "value", "novel", "welcome").
# Whoosh's lists of other languages, Snowball's, have theirs.
_ENGLISH = frozenset(
    """
    able according accordingly across actual actually add added adding adds afterwards ago ahead alike allow
    allowed allowing allows almost alone along already alright also although always amid among amongst amount
    another anybody anyhow anymore anyone anything anytime anyway anyways anywhere apart apparently appear
    appeared appears around aside ask asked asking asks available away bad badly based basically became become
    becomes becoming beforehand began begin beginning begins begun behind believe believed believes beneath
    beside besides best better beyond big bigger biggest brief briefly bring bringing brings brought came
    cannot cant certain certainly clear clearly come comes coming completely consequently could currently day
    days decide decided definitely despite different differently done due earlier early easily easy eight
    eighth either eleven else elsewhere enough entire entirely especially essentially et etc even eventually
    ever every everybody everyone everything everywhere exactly example except fact fairly far fewer fifth
    fifty finally find finding finds first firstly five follow followed following follows former formerly
    forth forty forward found four fourth frankly frequently full fully furthermore gave generally get gets
    getting give given gives giving go goes going gone gonna good got gotten great greater greatest half
    happen happened happening happens hardly hello hence high higher highest hopefully howbeit however huge
    hundred ie immediately include included includes including indeed inside instead inward keep keeping keeps
    kept knew know knowing known knows large largely larger largest last lately later latest latter least less
    let lets letting like liked likely likes literally little long longer look looked looking looks lot lots
    low lower made main mainly make makes making many may maybe mean meaning means meant meanwhile merely
    might million millions month months moreover mostly much must namely near nearly necessarily need needed
    needing needs neither never nevertheless new newer newest newly next nine ninth nobody non none
    nonetheless normally notably nothing nowhere obviously often oh ok okay old older one ones oneself onto
    others otherwise ought outside overall particular particularly per perhaps please plus possible possibly
    potentially pretty previous previously primarily probably provide provided provides providing put puts
    putting quickly quite rather real really recent recently regarding regardless regards related relatively
    respectively said saw say saying says secondly see seeing seem seemed seeming seemingly seems seen
    seriously set sets setting seven seventh several shall showed shown significantly similar similarly simply
    since six sixth small smaller smallest somebody someday somehow someone something sometime sometimes
    somewhat somewhere soon specifically start started starting starts still stuff sure surely take taken
    takes taking tell telling tells ten tend tends thank thanks thanx thence thereafter thereby therefore
    therein thereupon thing things think thinking thinks third thirdly thorough thoroughly though thought
    thousand thousands three throughout thru thus till time times today together told tomorrow tonight took
    total toward towards tried tries truly try trying twelve twenty twice two typically ultimately undoubtedly
    unfortunately unless unlike unlikely upon use used useful uses using usual usually various via want wanted
    wanting wants way ways week weeks well went whatever whence whenever whereafter whereas whereby wherein
    wherever whether whilst whoever whole whose widely willing within without wonder wont would year years yes
    yesterday yet zero
    """.split()  # noqa: SIM905 - a fourth of the lines
)
_AFTER_NUMBER = re.compile(r"(?<=\d)(?:st|nd|rd|th|s)$")  # 20th, 1980s


def is_content_word(exact: str, analyzer: Analyzer) -> bool:
    """Whether a word, as written, says what a text is about."""
    if exact in analyzer.query_stops or (analyzer.language == "english" and exact in _ENGLISH):
        return False
    return exact.isalpha() or any(map(str.isalpha, _AFTER_NUMBER.sub("", exact)))
