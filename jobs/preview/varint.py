"""Whole numbers of either sign in as few bytes as they need."""

import numpy as np
import numpy.typing as npt

from jobs.arrays import IntArray

_MOST_BYTES = 5


def packed(values: IntArray) -> bytes:
    """Write numbers: zigzag (0, -1, 1, -2 become 0, 1, 2, 3), then seven bits a byte, the low ones first."""
    left = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    sizes = np.ones(left.size, np.int64)
    for count in range(1, _MOST_BYTES):
        sizes += left >= np.uint64(1 << (7 * count))
    ends = np.cumsum(sizes)
    found = np.zeros(int(ends[-1]) if ends.size else 0, np.uint8)
    for count in range(_MOST_BYTES):
        longer = sizes > count
        more = np.where(sizes[longer] > count + 1, 0x80, 0).astype(np.uint64)
        bits = (left[longer] >> np.uint64(7 * count)) & np.uint64(0x7F)
        found[(ends - sizes)[longer] + count] = bits | more
    return found.tobytes()


def unpacked(data: bytes) -> IntArray:
    """Read numbers back.

    Raises:
        ValueError: the last one is cut off, or one is too long.
    """
    bytes_: npt.NDArray[np.uint8] = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(bytes_ < 0x80)
    if bytes_.size and (not ends.size or ends[-1] != bytes_.size - 1):
        raise ValueError("The last number is cut off.")
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int64) if ends.size else ends
    sizes = ends - starts + 1
    if sizes.size and sizes.max() > _MOST_BYTES:
        raise ValueError("A number is too long.")
    value = np.zeros(ends.size, np.int64)
    for count in range(_MOST_BYTES):
        longer = sizes > count
        value[longer] |= (bytes_[starts[longer] + count].astype(np.int64) & 0x7F) << (7 * count)
    unsigned: IntArray = (value >> 1) ^ -(value & 1)
    return unsigned
