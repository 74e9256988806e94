"""Pictures as geometry: values in, coordinates and texts out; templates turn them into SVG."""
