"""Pictures: pure functions from points to Vega-Lite dicts, and their rendering.

Nothing here speaks a language: rooms pass every word already translated. Nothing here has a colour of its
own: all of them are read from `tokens/tokens.css`.
"""
