"""The values that cross rooms: frozen, typed, and without behaviour.

The ground floor.  Imports only the standard library; every room may import its modules.
Names follow the wire: ``channel`` is lower case without ``#``, ``login`` is lower case, ids are
strings as Twitch sends them, and times are integer milliseconds UTC (``_ms``) unless a name says
otherwise.  ``None`` means absent; an empty string is a value.
"""
