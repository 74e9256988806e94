"""Foreign formats as values: untrusted bytes in, habits and a list of all that was not taken out."""
