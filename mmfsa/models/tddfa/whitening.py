"""The scale of the pose numbers that 3DDFA_V2 and SynergyNet say.

A network says how many standard deviations a number lies from its mean. The numbers are
the 12 of a projection (3×4), row by row: a scaled rotation, and an offset in pixels.
"""

from typing import NamedTuple


class Whitening(NamedTuple):
    """Mean and standard deviation of the 12 numbers, in a method's training faces."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


WHITENINGS = {
    '3ddfa_v2': Whitening(
        mean=(
            *(3.4926363e-04, 2.5279013e-07, -6.8751979e-07, 6.0167957e01),
            *(-6.2955132e-07, 5.7572004e-04, -5.0853912e-05, 7.4278198e01),
            *(5.4009172e-07, 6.5741384e-05, 3.4420125e-04, -6.6671577e01),
        ),
        std=(
            *(1.7632153e-04, 6.7379435e-05, 4.4708489e-04, 2.6550232e01),
            *(1.2313770e-04, 4.4930217e-05, 7.9236706e-05, 6.9825630e00),
            *(4.3504441e-04, 1.2314890e-04, 1.7400002e-04, 2.0803040e01),
        ),
    ),
    'synergynet': Whitening(
        mean=(
            *(3.1601763e-04, -1.8041412e-06, -1.7980440e-06, 6.0681393e01),
            *(2.5513359e-06, 4.3469181e-04, -3.3829936e-05, 6.9360855e01),
            *(2.3277053e-06, 4.9046164e-05, 4.0402156e-04, -7.6648567e01),
        ),
        std=(
            *(1.8597297e-04, 3.0376978e-04, 3.2244172e-04, 1.9854187e01),
            *(2.5319221e-04, 1.8791419e-04, 2.0299396e-04, 1.4679167e01),
            *(3.6354546e-04, 1.0849660e-04, 1.4549730e-04, 1.8297916e01),
        ),
    ),
}
