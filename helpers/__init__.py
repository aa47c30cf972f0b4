"""The package behind the course's notebooks.

Its rooms: `nn` (networks from scratch, NumPy only), `datasets` (what lies in `data/`, checked and
loaded), `plots` (one look for every figure), `claims` (a lecture's sentence, tested), `exercises`
(statements, checks, hints and solutions), `experiments` (the long runs behind the figures) and
`authoring` (tools for whoever writes the course). Import the room you need: importing `helpers`
alone loads none of them, and not TensorFlow either.
"""

import os

# TensorFlow and Keras read these once, when they are first imported, so they are set before any room
# can import them. The first two keep TensorFlow off stderr. What you have set yourself stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
