"""Lines of text in styles, without markup."""
