_base_ = ['./_base_/models/ssrnet_md.py', './_base_/recipes/protocol1_90e.py']
train_dataloader = dict(batch_size=8)
