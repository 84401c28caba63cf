"""Knowledge: laws, guides, answers, the search over them."""
