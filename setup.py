"""What pyproject.toml cannot say: an editable installation has its data files too.

setuptools (84.2 and before) asks its distribution for `has_data`, which no distribution has, and leaves them out.
"""

from setuptools import Distribution, setup


class DistributionWithData(Distribution):
    has_data = Distribution.has_data_files


setup(distclass=DistributionWithData)
