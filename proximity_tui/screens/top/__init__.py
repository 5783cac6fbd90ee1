"""Top: who uses most, who idles, and whose disk fills up."""
