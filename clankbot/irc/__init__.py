"""The IRC room: lines to events, one connection, paced sending.  Knows no storage, no models."""
