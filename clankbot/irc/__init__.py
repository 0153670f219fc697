"""The IRC room: lines to events, one connection, paced sending.  Knows nothing of storage or models."""
