"""The package behind the course's notebooks.

Its rooms: `nn` (networks from scratch, in NumPy), `datasets` (what lies in `data/`, checked and
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

# NumPy's matrix products read these when NumPy is first imported. The course's networks are small: a
# second thread gains next to nothing on an idle machine, costs half as much again on a busy one, and on a
# server that shows more cores than it lends (Binder) it costs far more. TensorFlow has threads of its own.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "1")
del _variable
