_base_ = [
    './datasets/protocol1.py',
    './schedules/adam_90e.py',
    './default_runtime.py',
]
