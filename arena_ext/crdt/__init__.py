"""Text documents: updates are decoded, validated and ordered; the engine has its own process."""
