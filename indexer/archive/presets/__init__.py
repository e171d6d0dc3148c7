"""The configuration of a site generator goes in; what its files are published under comes out.

A module a generator. Each has a `Preset`: the files that tell its sites, and a function from the folder with
these files to `Rules`, which say how an address comes from path, date and front matter, and what the
generator holds back. The rules are the generators' own, as far as they are plain: where an address depends on
a template or a plugin, there is none. No configuration is executed: Python is read as literals, JavaScript as
text.
"""
