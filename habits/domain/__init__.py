"""The rules of habits in pure Python: values in, values out; `today` is always an argument."""
