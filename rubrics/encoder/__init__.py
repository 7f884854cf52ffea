"""The rubrics of *The Transformer encoder*: one module an exercise, private to the course.

    positions       exercise 1, a function
    layer_norm      exercise 2
    feed_forward    exercise 3
    block           exercise 4, marked with the student's own norm and feed-forward
    encoder         exercise 5, marked with the student's own blocks, norm and positions
    misconceptions/, idioms/, forms/    what is known to be wrong, and to be right

Symbols: batch, seq, embed_dim, hidden_dim, num_heads, num_layers.
"""
