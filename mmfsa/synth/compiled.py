"""The decorator of everything that loops over pixels or triangles."""

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'rendering heads needs numba: pip install numba'
    ) from error

compiled = njit(cache=True, fastmath=True, error_model='numpy')
