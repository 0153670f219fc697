"""The config room: settings of the program and of each channel, and the `!clank` grammar."""
