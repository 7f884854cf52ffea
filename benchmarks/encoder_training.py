"""How fast and how well the encoder of the second notebook learns, over many seeds.

    python benchmarks/encoder_training.py [--seeds 20] [--ablations 3]

The cells of `solutions/encoder/encoder.ipynb` run in this process; then the notebook's own `train`
is called once for each seed. Seconds are those of a processor, in one thread. Accuracy is that of
2,000 sequences that are seen neither in training nor when it stops. `--ablations` says over how
many seeds each ablation is tried: it runs to the notebook's last step.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import track

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "examples"))
from in_process import Notebook  # noqa: E402

ENOUGH, SECONDS = 0.95, 20
WHOLE = "as in the notebook"
SETUPS: dict[str, dict[str, Any]] = {
    WHOLE: {},
    "one layer": {"num_layers": 1},
    "no positions": {},
    "mask left out": {"masked": False},
}


def main(seeds: int, ablations: int) -> None:
    """Print the table, and how many seeds were good enough."""
    notebook = Notebook("solutions/encoder/encoder.ipynb")
    before = list(notebook.cells)[: list(notebook.cells).index("training")]
    notebook.run(*(one for one in before if not one.endswith(("-marks", "-plot"))), "ablate")
    print("| | seeds | steps | CPU seconds | accuracy, % | moved by 4 more padding tokens |")
    print("| --- | --- | --- | --- | --- | --- |")
    for setup in SETUPS:
        tried = range(seeds if setup == WHOLE else ablations)
        shown = track(tried, setup, console=Console(stderr=True), transient=True)
        found = [measured(notebook, setup, seed) for seed in shown]
        columns = zip(zip(*found, strict=True), (0, 1, 1, 3), strict=True)
        cells = [str(len(tried)), *(span(values, digits) for values, digits in columns)]
        print(f"| {setup} | {' | '.join(cells)} |", flush=True)
        if setup == WHOLE:
            good = sum(s < SECONDS and right > 100 * ENOUGH for _, s, right, _ in found)
    print(f"\nOver {ENOUGH:.0%} within {SECONDS} CPU seconds: {good} of {seeds} seeds.")


def measured(notebook: Notebook, setup: str, seed: int) -> tuple[float, float, float, float]:
    """Train once; return steps, CPU seconds, accuracy in percent, and what padding moves."""
    names = notebook.names
    yours = names["sinusoidal_positions"]
    if setup == "no positions":
        names["sinusoidal_positions"] = names["no_positions"]
    begun = time.process_time()
    model, history = names["train"](seed=seed, **SETUPS[setup])
    seconds = time.process_time() - begun
    unseen = names["reversal_batch"](2000, torch.Generator().manual_seed(10**6 + seed))
    accuracy = 100 * names["accuracy_of"](model, *unseen)
    moved = names["moved_by_padding"](model)
    names["sinusoidal_positions"] = yours
    return history[-1][0], seconds, accuracy, moved


def span(values: tuple[float, ...], digits: int) -> str:
    """Return the median of some figures, with the least and the most."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--ablations", type=int, default=3)
    main(**vars(parser.parse_args()))
