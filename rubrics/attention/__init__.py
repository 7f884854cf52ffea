"""The rubrics of *Attention and Self-Attention*: one module an exercise, private to the course.

    dot_product, scaled            exercises 1 and 2, functions: `single_query` is what they share
    self_attention, multi_head     exercises 3 and 4, layers: `layer` and `layers` are what they
                                   share
    causal_mask                    the bonus
    cases, checks                  one call and its formula; what attention must do
    situations, neutral            the calls that tell misconceptions apart; layers loaded for them
    misconceptions/, idioms/       what is known to be wrong, and to be right
    forms/                         forms of misconceptions that the bank is not written in

Symbols: batch, seq, hidden (exercises 1, 2), embed_dim, num_heads, head_dim (3, 4).
"""
