from .ssr_head import SSRHead, soft_stagewise_regression
from .ssr_net_md_head import SSRNetMDHead

__all__ = ['SSRHead', 'SSRNetMDHead', 'soft_stagewise_regression']
