"""What one caller may take: sockets, joins, bytes and processor time."""
