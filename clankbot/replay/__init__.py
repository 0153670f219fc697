"""``replay``: a saved chat past the triggers, on a fake clock."""
