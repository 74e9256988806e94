"""What operators do about sharing."""
