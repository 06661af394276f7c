"""Two versions of a file held against each other: numbers, and pictures of both and of the difference.

Reads nothing. Writes nothing. Foreign bytes are decoded: workers only.
"""

from tympan.compare.ciede import ciede2000, lab
from tympan.compare.numbers import Difference, difference, ssim
from tympan.compare.views import HOTTEST, compare

__all__ = ["HOTTEST", "Difference", "ciede2000", "compare", "difference", "lab", "ssim"]
