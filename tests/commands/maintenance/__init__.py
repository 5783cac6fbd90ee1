"""Tests of the commands that care for one container."""
