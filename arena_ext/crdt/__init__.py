"""Text documents: updates decoded, validated and ordered; the native engine in its own process."""
