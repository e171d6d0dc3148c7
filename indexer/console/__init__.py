"""Give me a value (results, an article, a report), I write it for a person to read.

On a terminal that is styled and wrapped text, elsewhere plain lines; JSON for programs either way.
Texts come from strangers: whatever could steer a terminal is removed here. `page` writes lines and JSON;
each other module writes one kind of value and is imported by the command that prints it.
"""
