"""What a student sends to the exchange, for tests of what is taken from it."""


def send(inbound, student="ada", assignment="attention", files=("attention.ipynb",)):
    folder = inbound.folder / f"{student}+{assignment}+2026-11-25 10:00:00.000000 UTC+x_-Y"
    folder.mkdir()
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    return folder


def only(inbound):
    (arrival,) = inbound.arrivals()
    return arrival
