_base_ = [
    './datasets/protocol2.py',
    './schedules/adam_90e.py',
    './default_runtime.py',
]
