"""Cells of a table that a person opens in a spreadsheet program, made harmless.

Excel and LibreOffice take a cell for a formula by its first character, also in a CSV file, and a
formula can start programs or send what stands in other cells elsewhere. A student may choose a name
or a file name. Only for files that people open: a platform would read the apostrophe as a letter.
"""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless_cell(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula.

    >>> harmless_cell("=1+1")
    "'=1+1"
    """
    # A blank before it does not help: Excel drops blanks when it looks for a formula.
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
