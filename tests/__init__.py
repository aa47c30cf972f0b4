import helpers  # noqa: F401 - it sets the environment of TensorFlow and of the matrix products, before either loads
