from .aggregation import *  # noqa: F403
from .backbones import *  # noqa: F403
from .estimators import *  # noqa: F403
from .heads import *  # noqa: F403
from .mapping import *  # noqa: F403
from .necks import *  # noqa: F403
from .scoring import *  # noqa: F403
