"""The SQL store of Calls and Records: one SQLite file, or PostgreSQL by URL, with the same code."""
