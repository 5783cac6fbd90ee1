"""Commands that set something up or try it out: connect, doctor, db, demo, simulate, and the screens themselves."""
