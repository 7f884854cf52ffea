"""The judge's end of student processes: launch, confine, watch, ask and kill them."""
