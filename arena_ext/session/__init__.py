"""The session: entries of its log, their fold, permissions and commands. Pure functions."""
