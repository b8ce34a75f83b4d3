"""Live sessions: admission, the room, and everything between a frame and the log."""
