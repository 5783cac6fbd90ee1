"""Tests of the lines that a person would type."""
