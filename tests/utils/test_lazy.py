"""Names of packages that are imported late."""

import pytest

import mmfsa.deploy
import mmfsa.methods
import mmfsa.structures
import mmfsa.visualization


@pytest.mark.parametrize(
    'package',
    [mmfsa, mmfsa.deploy, mmfsa.methods, mmfsa.structures, mmfsa.visualization],
)
def test_every_name_of_a_package_is_there(package):
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match=f"'{package.__name__}' has no attribute"):
        package.nothing  # noqa: B018
