"""What is said of several exercises, in the same words.

A sentence says what the code does, as its results show it, and then what it should do. It does not
say how the code is written: other code may give the same results.
"""

FILL = "set the scores of hidden positions to -inf before the softmax."

# Masks
INVERTED = (
    "Your mask hides what should be visible, and shows what should be hidden: 1 or True is "
    "visible, 0 or False is hidden."
)
IGNORED = f"Your mask has no effect: results with it are those without one; {FILL}"
AFTER = (
    "Your hidden weights are 0, but the visible ones are as large as without a mask, so they no "
    f"longer sum to 1; {FILL}"
)
LOST = (
    "Where hidden scores are far above the visible ones, your visible weights are lost (0 or NaN); "
    + FILL
)
ZERO = f"Your hidden positions have a score of 0, and a score of 0 still gets weight; {FILL}"
TOO_HIGH = (
    "Your mask lowers the scores of hidden positions, but not enough: where the visible scores are "
    f"low, too, hidden positions get weight; {FILL}"
)
RAISED = f"Your mask raises visible scores by 1, and hidden positions still get weight; {FILL}"
NAN = (
    "With a mask your results are NaN: 0 times inf is NaN, and so is a softmax of -inf alone; "
    + FILL
)
OF_FIRST_ROW = "Every batch row hides what the first one hides; each has a mask of its own."
WEIGHTS_ONLY = "The weights you return follow the mask, but your output does not; mix by them."
OUTPUT_ONLY = "Your output follows the mask, but the weights you return do not; return those used."
VALUES_HIDDEN = f"Hidden positions add nothing to your output, but they still get weight; {FILL}"

# Weights
NO_SOFTMAX = "Your weights are the scores themselves; they should be their softmax over the keys."
TWICE = "Your weights are the softmax of a softmax; once is enough."
SIGMOID = "Each of your weights is a sigmoid of its score; they should be a softmax over the keys."
EQUAL = "All your weights are equal; they should follow from the scores query · key."
SMALL_FIRST = "In your weights a key with a smaller score gets more; a larger score should."
COSINE = (
    "Your scores depend on the directions of query and key only (cosine), not on their lengths; "
    "they should be dot products."
)
OVER_BATCH = "Your weights sum to 1 over the batch; each query's weights over the keys should."
OVERFLOWS = (
    "Where scores are large, your exp overflows to inf or NaN: subtract the largest score first, "
    "or use torch's softmax."
)

# What is returned
SWAPPED = "You return the weights first and the output second; it should be the other way round."
ALONE = "You return the output alone; return the output and the weights."
WEIGHTS_ALONE = "You return the weights alone; return the output and the weights."
SCORES = "You return the scores in place of the weights; return the softmax of them."
LOGARITHMS = "You return logarithms of the weights; return the weights themselves."
DOUBLE = "Your results are float64 where the inputs are float32; keep the dtype of the inputs."
