_base_ = ['./_base_/models/fsa_none_1x1.py', './_base_/protocol1.py']
