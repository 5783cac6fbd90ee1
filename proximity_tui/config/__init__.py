"""How `config` reads its file: the value grammars, strict tables and secret sources, and what they become."""
