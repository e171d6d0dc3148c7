"""Typed letters go in; the words, labels and titles that they may stand for come out."""
