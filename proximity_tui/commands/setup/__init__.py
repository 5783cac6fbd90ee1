"""Commands for setting up and trying out: connect, doctor, db, demo, simulate, and the screens themselves."""
