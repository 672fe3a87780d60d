"""The decorators for functions that loop over pixels: numba compiles them."""

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'rendered heads and depth maps need numba: pip install numba'
    ) from error

compiled = njit(cache=True, fastmath=True, error_model='numpy')
# Such a function becomes a part of its callers: to pass it all the looks at each call
# would take longer than its work.
inlined = njit(fastmath=True, error_model='numpy', forceinline=True)
