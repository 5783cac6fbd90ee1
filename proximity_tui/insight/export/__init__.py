"""The records of the whole fleet as a directory of files that git can compare."""
