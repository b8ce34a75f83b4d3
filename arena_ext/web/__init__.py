"""HTTP and WebSocket: the routes, the requests' credentials, the answers and their headers."""
