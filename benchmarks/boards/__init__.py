"""What boards of a thousand and of a million people cost, in one run and with both engines."""
