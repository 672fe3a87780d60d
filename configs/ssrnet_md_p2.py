_base_ = ['./_base_/models/ssrnet_md.py', './_base_/recipes/protocol2_90e.py']
