"""The rules: data in, decision out, with the reason. Pure: no clock, no request, no database."""
