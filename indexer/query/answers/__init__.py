"""Answers as frozen values. They import no NumPy and evaluate nothing; what is costly is made when read."""
