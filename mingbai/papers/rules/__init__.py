"""Pure rules of papers: how a template is read and filled, how a number reads."""
