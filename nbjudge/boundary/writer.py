"""What is written for a value: the head's structure with its tables, and the parts of the body."""

from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary import sharing, values
from nbjudge.boundary.bounds import DEEPEST, WireError
from nbjudge.boundary.dtypes import NAMES, OF_NUMPY
from nbjudge.boundary.references import LONGEST_NAME, Reference

_SCALARS = {type(None), bool, float, str}
_BASES: tuple[type, ...] = (int, list, tuple, dict)  # subclasses travel as these


class Writer:
    """Builds the head's value and tables, and collects the parts of the body, for one frame."""

    def __init__(self) -> None:
        self.table: list[list[Any]] = []
        self.shared: list[list[Any]] = []
        self.parts: list[bytes] = []
        self._offset = 0
        self._known: dict[int, tuple[int, Tensor]] = {}
        # What can be changed, by its id, kept alive, and what it was packed as.
        self._packed: dict[int, tuple[Any, list[Any]]] = {}
        self._sizes: list[sharing.Size] = []

    def pack(self, value: Any, depth: int) -> Any:
        """Return the node of a value `depth` lists deep; raises `WireError` if that is too deep."""
        # `type` before `isinstance`: it is quicker, and most values are scalars. An instance of a
        # subclass is found further down, after the kinds: a numpy.float64 is a float, too.
        kind = type(value)
        # msgpack has integers of 64 bits only.
        if kind in _SCALARS or (kind is int and -(2**63) <= value < 2**64):
            return value
        if depth > DEEPEST:
            raise WireError("The value is nested too deeply.")
        if isinstance(value, Tensor):
            return self._pack_tensor(value)
        # What can be changed has no hash in Python. Whether the rest is one object or two is hardly
        # to be seen.
        if kind.__hash__ is not None:
            return self._pack_parts(value, depth)
        if id(value) in self._packed:
            return self._again(self._packed[id(value)][1], depth)
        node = self._pack_parts(value, depth)
        if type(node) is list:
            self._packed[id(value)] = value, node
        return node

    def _again(self, node: list[Any], depth: int) -> list[Any]:
        """Return what stands for a value in each of its places, the first one included."""
        if node[0] != sharing.TAG:
            self.shared.append(list(node))
            self._sizes.append(sharing.measured(node, self._sizes))
            node[:] = sharing.TAG, len(self._sizes) - 1
        if depth + self._sizes[node[1]].height > DEEPEST:
            raise WireError("The value is nested too deeply.")
        return node

    def _pack_parts(self, value: Any, depth: int) -> Any:
        parts = values.to_parts(value)
        if parts is None:
            return self._pack_special(value, depth + 1)
        below, pack = depth + 1, self.pack
        return [parts[0], *[pack(part, below) for part in parts[1:]]]

    def _pack_special(self, value: Any, below: int) -> Any:
        if isinstance(value, float | str):  # msgpack takes what its base holds
            return value
        for base in _BASES:
            if isinstance(value, base) and type(value) is not base:
                return self.pack(base(value), below)
        if isinstance(value, bytes):
            return ["bytes", *self._append(value)]
        if isinstance(value, torch.dtype):
            return ["dtype", NAMES.get(value, str(value))]
        if isinstance(value, torch.device):
            return ["device", str(value)]
        if isinstance(value, Reference):
            return ["object", value._to, value._kind, value._type[:LONGEST_NAME]]
        return ["opaque", type(value).__name__[:LONGEST_NAME]]

    def _pack_tensor(self, tensor: Tensor) -> list[Any]:
        if id(tensor) not in self._known:
            name = NAMES.get(tensor.dtype)
            if tensor.layout != torch.strided or tensor.is_meta or name is None:
                return ["opaque", f"Tensor of {tensor.layout}, {tensor.dtype}"]
            device = "cpu" if tensor.is_cpu else str(tensor.device)
            row = [name, list(tensor.shape), device, tensor.requires_grad]
            self.table.append([*row, *self._append(_raw(tensor))])
            # The tensor is kept alive: Python gives the id of a dead object to another one.
            self._known[id(tensor)] = len(self.table) - 1, tensor
        return ["tensor", self._known[id(tensor)][0]]

    def _append(self, part: bytes) -> tuple[int, int]:
        begin, self._offset = self._offset, self._offset + len(part)
        self.parts.append(part)
        return begin, len(part)


def _raw(tensor: Tensor) -> bytes:
    """Return the values of a tensor as bytes, row by row, whatever its strides and subclass."""
    plain = tensor.detach()
    if type(plain) is Tensor and plain.is_cpu and plain.dtype in OF_NUMPY and not plain.is_neg():
        return plain.numpy().tobytes()
    # A subclass may override what follows, and a lazy conjugate or negative is not yet in memory.
    plain = plain.as_subclass(Tensor).resolve_conj().resolve_neg().cpu()
    return plain.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
