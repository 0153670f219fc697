"""The word list: from its lines to a verdict on a message.

``load_filter`` is the public address.
"""
