from .binned_head import BinnedHead
from .rotation_6d_head import Rotation6DHead
from .ssr_head import SSRHead
from .ssr_net_md_head import SSRNetMDHead

__all__ = ['BinnedHead', 'Rotation6DHead', 'SSRHead', 'SSRNetMDHead']
