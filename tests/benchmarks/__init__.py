"""Programs that print figures; nothing here is collected as a test."""
