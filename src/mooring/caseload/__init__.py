"""The clinician's pages: conversation strip, brief, case. Reads rooms, owns no rows."""
