"""A value (results, an article, a report) goes in; text for a person at a terminal comes out.

On a terminal that is styled and wrapped text, elsewhere plain lines; JSON for programs either way.
Texts come from strangers: whatever could steer a terminal is removed here. `page` writes lines and JSON;
each other module writes one kind of value and is imported by the command that prints it.
"""
