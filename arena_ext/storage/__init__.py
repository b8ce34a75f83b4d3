"""The Log port and its implementations: in memory, and in one SQLite file."""
