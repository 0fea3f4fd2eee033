"""A frame in, a picture out. No screen, no query: the same frame makes the title, the figure and its table twin."""
