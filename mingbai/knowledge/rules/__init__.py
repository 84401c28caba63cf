"""Pure rules of knowledge: words, numerals, how a law's text is read, what a question names."""
