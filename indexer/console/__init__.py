"""Give me a value (results, an article, a report), I write it for a person to read.

On a terminal that is styled and wrapped text, elsewhere plain lines; JSON for programs either way.
Texts come from strangers: whatever could steer a terminal is taken out of them here. `progress` is
for the one command that runs long, and imported by itself: it is half of what rich takes to load.
"""

from indexer.console.answers import SearchView, write_article, write_facet, write_related, write_results
from indexer.console.grades import write_grades
from indexer.console.page import Page, error_page, output_page, print_json
from indexer.console.reports import write_check, write_index_report, write_stats
from indexer.console.stories import write_story
from indexer.console.text import amount, clean, clean_line

__all__ = [
    "Page",
    "SearchView",
    "amount",
    "clean",
    "clean_line",
    "error_page",
    "output_page",
    "print_json",
    "write_article",
    "write_check",
    "write_facet",
    "write_grades",
    "write_index_report",
    "write_related",
    "write_results",
    "write_stats",
    "write_story",
]
