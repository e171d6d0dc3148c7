"""A request and a source go in; what helps the reader comes out: offers, highlights, related articles."""
