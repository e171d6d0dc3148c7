"""The names that front matter has for each field of an article. One table, which the settings can change."""

from collections.abc import Mapping

from indexer.facets import FACETS

# For each field of an Article the names to look for in the front matter, in order. They cover the
# five dialects the product was made for, and the usual names of Jekyll and Hugo.
DEFAULT_FIELDS: Mapping[str, tuple[str, ...]] = {  # (whatever their letter case, with - or _ or neither)
    "title": ("title", "headline"),
    "excerpt": ("excerpt", "abstract", "description", "summary"),
    **{facet.attribute: facet.names for facet in FACETS.values()},
    "body": ("body", "content", "text", "content_html", "content_text", "html", "markdown"),
    "modified_at": (
        "lastmod", "updated", "modified", "updated_at", "modified_at", "dateModified", "lastModified",
        "last_modified_at", "lastUpdated",
    ),
    "url": ("webUrl", "originalUrl", "sourceUrl", "url", "canonical_url", "permalink"),
    "amp_urls": ("ampWebUrl", "cdnAmpWebUrl", "ampUrl", "cdnAmpUrl"),
    "quality": ("quality", "score"),
    "heat": ("heat",),
    "featured": ("published", "featured"),
    "withdrawn": ("removed", "deleted", "draft", "unlisted", "private", "headless"),
    "public": ("published", "publish"),
    "expires_at": ("expiryDate", "unpublishDate"),
    "images": ("images", "image", "cover", "thumbnail"),
    "related": ("related", "relatedArticles"),
    "secured": ("secured",),
    "translation": ("translationKey", "translation_id", "lang_ref", "ref"),
}  # fmt: skip
