"""What a session is: its entries, its fold, its permissions and commands. No input or output."""
