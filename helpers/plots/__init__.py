"""Every figure of the course, in one look, with a description for those who cannot see it.

    plots.show(plots.learning_curves({"batch": (steps, accuracies)}, x_label="step", y_label="accuracy"))

Each function returns a Matplotlib figure with a `description`. Drawing changes no setting of Matplotlib,
and does not use pyplot.
"""

from .channel import normalization_steps
from .comparison import points
from .cubes import shared_statistics
from .curves import learning_curves, percentile_bands
from .distributions import activation_histograms, histograms_over_training
from .explore import explore
from .fits import fitted_curves
from .landscape import loss_contours
from .networks import thinned_networks
from .output import show
from .penalties import touching_contours, weight_paths
from .pictures import pictures
from .progress_bar import progress
from .projection import projection
from .regions import decision_regions
from .stations import stations
from .style import style

__all__ = [
    "activation_histograms",
    "decision_regions",
    "explore",
    "fitted_curves",
    "histograms_over_training",
    "learning_curves",
    "loss_contours",
    "normalization_steps",
    "percentile_bands",
    "pictures",
    "points",
    "progress",
    "projection",
    "shared_statistics",
    "show",
    "stations",
    "style",
    "thinned_networks",
    "touching_contours",
    "weight_paths",
]
