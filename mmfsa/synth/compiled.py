"""The decorators of everything that loops over pixels or triangles."""

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'rendering heads needs numba: pip install numba'
    ) from error

compiled = njit(cache=True, fastmath=True, error_model='numpy')
# A part of the compiled functions that call it; passing it all the looks would take longer
# than it does.
inlined = njit(fastmath=True, error_model='numpy', forceinline=True)
