"""The auth room: Twitch sign-in, tokens at rest, tokens that never run out."""
