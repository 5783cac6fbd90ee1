"""Tests of the lines that dialogs copy."""
