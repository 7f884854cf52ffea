"""A whole class: submissions to workers or a cluster, results to the gradebook."""
