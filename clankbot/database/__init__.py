"""The database room: questions and deeds in our words, SQL for two engines."""
