"""Limits of one client: sockets, joins, bytes and processor time."""
