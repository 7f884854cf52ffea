"""What functions (exercises 1 and 2) return wrongly: right results in another order or shape.

Each is made of a right function: `OutputAlone(attend)`. `told` is the sentence.
"""

from . import sentences

AXIS = "Your results keep an axis of size 1 for the query; take it away."


class Returning:
    """A function that returns what another one does, changed by `changed(output, weights)`."""

    def __init__(self, attend):
        self.attend, self.__name__ = attend, type(self).__name__

    def __call__(self, *args):
        return self.changed(*self.attend(*args))


class Swapped(Returning):
    told = sentences.SWAPPED

    def changed(self, output, weights):
        return weights, output


class OutputAlone(Returning):
    told = sentences.ALONE

    def changed(self, output, weights):
        return output


class WeightsAlone(Returning):
    told = sentences.WEIGHTS_ALONE

    def changed(self, output, weights):
        return weights


class LogarithmsReturned(Returning):
    told = sentences.LOGARITHMS

    def changed(self, output, weights):
        return output, weights.log()


class OutputWithAxis(Returning):
    told = AXIS

    def changed(self, output, weights):
        return output.unsqueeze(1), weights


class WeightsWithAxis(Returning):
    told = AXIS

    def changed(self, output, weights):
        return output, weights.unsqueeze(1)


class BothWithAxis(Returning):
    told = AXIS

    def changed(self, output, weights):
        return output.unsqueeze(1), weights.unsqueeze(1)


class WeightsWithLastAxis(Returning):
    told = AXIS

    def changed(self, output, weights):
        return output, weights.unsqueeze(2)


class Double(Returning):
    told = sentences.DOUBLE

    def changed(self, output, weights):
        return output.double(), weights.double()


LOSE_WEIGHTS = (
    Swapped, OutputAlone, WeightsAlone, LogarithmsReturned, OutputWithAxis, WeightsWithAxis,
    BothWithAxis, WeightsWithLastAxis,
)  # fmt: skip
