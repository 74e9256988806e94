"""Lines of any script as outlines: direction, faces, shaping and breaking.

The renderer of pictures has a text engine of its own, but one that drops letters where a line takes several faces. So lines come
to it as outlines, and what was measured is what is drawn.
"""
