"""Recordings: what leaves a session as a file, and what comes in as a new session."""
