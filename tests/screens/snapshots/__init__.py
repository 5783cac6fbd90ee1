"""Tests of the Snapshots screen and its dialogs."""
