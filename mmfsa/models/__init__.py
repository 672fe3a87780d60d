"""Networks as parts that mix freely; each part is registered under its class's name."""

from .adas0001 import *  # noqa: F403
from .backbones import *  # noqa: F403
from .deepheadpose import *  # noqa: F403
from .estimators import *  # noqa: F403
from .face_api import *  # noqa: F403
from .fan import *  # noqa: F403
from .fsanet import *  # noqa: F403
from .heads import *  # noqa: F403
from .hopenet import *  # noqa: F403
from .losses import *  # noqa: F403
from .necks import *  # noqa: F403
from .opal import *  # noqa: F403
from .opnet import *  # noqa: F403
from .recurrent import *  # noqa: F403
from .shaw import *  # noqa: F403
from .tddfa import *  # noqa: F403
from .tokenhpe import *  # noqa: F403
from .trinet import *  # noqa: F403
