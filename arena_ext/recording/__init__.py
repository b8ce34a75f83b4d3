"""Recordings: sessions exported as files, and files imported as sessions."""
