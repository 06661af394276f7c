"""What a request would cost, by the published tables.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import ceil

from tympan import Cost, Request
from tympan_plugins.generators.leonardo.models import (
    OPERATION_CREDITS,
    USD_A_CREDIT,
    Second,
    first_of,
    second_of,
)
from tympan_plugins.generators.leonardo.options import LeonardoParams, options_of

_SQUARE = 1024 * 1024
# With references a picture of FLUX.2 costs half as much again; taken for all models. Ultra: twice.
_GUIDED, _ULTRA = 1.5, 2.0
# Credits of 1 000 000 px where nothing is known: the dearest of the table.
_UNKNOWN = 130.0


def price(request: Request) -> Cost:
    """An estimate in dollars, rather too high: the price that counts is in the answer to a job."""
    options = options_of(request)
    if request.operation in OPERATION_CREDITS:
        credits = float(OPERATION_CREDITS[request.operation])
    elif (second := second_of(request.model, options.slug)) is not None:
        credits = _second(request, options, second)
    else:
        credits = _first(request, options)
    # Upwards: what costs next to nothing must not look free.
    return Cost(ceil(round(credits * USD_A_CREDIT * 10_000, 3)) / 10_000, "USD")


def _first(request: Request, options: LeonardoParams) -> float:
    """The table has 512 and 1024 px square; a line a little above both."""
    model = first_of(request.model, options.family)
    each = (model.credits if model else 0.0) * (0.25 + 0.75 * request.size[0] * request.size[1] / _SQUARE)
    guided = bool(request.reference or request.control or request.lora)
    return each * request.candidates * (_GUIDED if guided else 1.0) * (_ULTRA if options.ultra else 1.0)


def _second(request: Request, options: LeonardoParams, model: Second) -> float:
    each = model.credits.get(options.quality) or max(model.credits.values(), default=_UNKNOWN)
    million = request.size[0] * request.size[1] / 1_000_000
    ultra = _ULTRA if options.mode == "ULTRA" else 1.0
    return each * million * request.candidates * (_GUIDED if request.reference else 1.0) * ultra
