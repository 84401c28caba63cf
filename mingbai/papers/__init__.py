"""Papers: one template per paper, PDF and DOCX from it, numbered by office and year without a gap."""
