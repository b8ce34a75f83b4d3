"""What one client may take: sockets, joins, bytes and processor time."""
