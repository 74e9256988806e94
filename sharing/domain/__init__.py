"""What others are shown of a habit, and how it looks: values in, texts out."""
