"""The processing room: what is kept, when to speak, what may be said.  Does no I/O of its own."""
