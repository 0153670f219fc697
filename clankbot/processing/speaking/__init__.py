"""When the bot speaks, and the way of a line to the moment it is sent."""
