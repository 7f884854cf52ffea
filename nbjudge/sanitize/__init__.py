"""What student code shows and students write, made harmless for browsers and terminals.

    outputs     what a student process shows, as outputs of a notebook: text, PNG and JPEG
    html        markdown and HTML that a student wrote, for pages of an instructor or a student
    formulas    LaTeX that a student wrote, as MathML
    text        text without terminal commands

All of it keeps what is on a list of harmless things. What is new or unknown is dropped.
"""
