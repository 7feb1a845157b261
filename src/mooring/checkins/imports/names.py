"""Columns we add to a file's own. No file's column begins with this sign; see read._header."""

SIGN = "§"
ROW = "§row"
"""As an editor counts the lines, the header being 1."""
PERSON, FIGURE, LABEL, REPLICATE = "§person", "§figure", "§occasion", "§replicate"
AT, WHEN, GIVEN_TIME = "§at", "§when", "§time as given"
CODE, NUMBER = "§code", "§number"
