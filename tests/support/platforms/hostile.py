"""Archives that are no platform's: bombs, ways out, links, and what is damaged."""

import io
import stat
import struct
import zipfile

MB = 2**20


def packed(files, method=zipfile.ZIP_DEFLATED):
    """Return a ZIP as bytes; `files` are pairs of a name or `ZipInfo`, and a content."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return written.getvalue()


def link(name, target=b"/etc/passwd", kind=stat.S_IFLNK):
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info, target


def in_old_encoding(name, encoding):
    """Return a ZIP whose one name is in an encoding that it does not name."""
    raw = name.encode(encoding)
    data = packed([("x" * len(raw), b"{}")])
    return data.replace(b"x" * len(raw), raw)


def many(number):
    """Return a ZIP of so many empty files, written by hand: zipfile would take a minute."""
    local, central = io.BytesIO(), io.BytesIO()
    for place in range(number):
        name = b"ada_101_%d_f.txt" % place
        start = local.tell()
        local.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0))
        local.write(name)
        central.write(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name),
                        0, 0, 0, 0, 0, start)
        )  # fmt: skip
        central.write(name)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(number, 65535), min(number, 65535),
                      central.tell(), local.tell(), 0)  # fmt: skip
    if number > 65534:
        at = local.tell() + central.tell()
        end = (
            struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number,
                        central.tell(), local.tell())
            + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + end
        )  # fmt: skip
    return local.getvalue() + central.getvalue() + end


def upon_one_another(copies, size=40 * MB):
    """Return a ZIP whose entries all unpack the same bytes, as Fifield's bomb does."""
    data = packed([("ada_101_1_f.bin", bytes(size))])
    where = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    central = data[where:end]
    entries = b"".join(
        central.replace(b"ada_101_1_", b"ada_101_%d_" % (place % 10)) for place in range(copies)
    )
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(entries), where, 0)
    return data[:where] + entries + tail


def with_flag(data, flag):
    """Return a ZIP with a flag set on its first entry, in both places."""
    data = bytearray(data)
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(mark) + offset
        (flags,) = struct.unpack_from("<H", data, place)
        struct.pack_into("<H", data, place, flags | flag)
    return bytes(data)


def with_size(data, size):
    """Return a ZIP whose first entry says another size than it has."""
    data = bytearray(data)
    struct.pack_into("<L", data, data.index(b"PK\1\2") + 24, size)
    return bytes(data)


def damaged(data):
    """Return a ZIP with a wrong byte in the content of its first entry."""
    data = bytearray(data)
    name, extra = struct.unpack_from("<2H", data, 26)
    data[30 + name + extra + 5] ^= 0xFF
    return bytes(data)


def zeros(megabytes):
    return bytes(megabytes * MB)
