"""What was received and what was published, kept for good (版の保管)."""
