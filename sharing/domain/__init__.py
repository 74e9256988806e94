"""What others are shown of a habit and may do with it, and how it looks: plain Python, values in and out."""
