"""What runs in a worker process: training on demand, and models that answer.

Imports learn, core and the engine's protocol.
"""
