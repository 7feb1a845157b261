"""The client's pages: today, my people, my river. Reads rooms, owns no rows."""
