"""Tests of the log of a process."""
