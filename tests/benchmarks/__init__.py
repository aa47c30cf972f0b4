"""Speed and memory, measured side by side and printed beside the targets: `python -m tests.benchmarks`.

Nothing here fails when a target is missed: how fast this is on a busy machine is no property of the code.
"""
