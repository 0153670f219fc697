"""``!clank`` carried out."""
