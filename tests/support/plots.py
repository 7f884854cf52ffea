"""Whether a plot was drawn."""


def looks_drawn(picture):
    """Whether a picture is opaque and varied: neither empty nor of one colour."""
    opaque = picture.getextrema()[3] == (255, 255)
    return opaque and len(picture.getcolors(picture.width * picture.height)) > 20
