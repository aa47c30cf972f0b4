"""Every figure of the course, in one look, with a description for those who cannot see it.

    plots.show(plots.learning_curves({"batch": (steps, accuracies)}, x_label="step", y_label="accuracy"))

Each function returns a Matplotlib figure with a `description`. Drawing changes no setting of Matplotlib,
and does not use pyplot.
"""

from .beside import curves_beside, reported
from .bowls import least_squares_bowls, least_squares_rates
from .channel import normalization_steps
from .comparison import points
from .cubes import shared_statistics
from .curves import learning_curves, percentile_bands
from .distributions import activation_histograms
from .explore import explore
from .fits import fitted_curves
from .landscape import loss_contours
from .modes import layer_modes
from .lookahead import losses_ahead
from .networks import thinned_networks
from .neuron import normalized_neuron
from .output import show
from .penalties import touching_contours, weight_paths
from .pictures import pictures
from .progress_bar import progress
from .projection import projection
from .regions import decision_regions
from .responses import responses
from .stations import stations
from .style import style

__all__ = [
    "activation_histograms",
    "curves_beside",
    "decision_regions",
    "explore",
    "fitted_curves",
    "layer_modes",
    "learning_curves",
    "least_squares_bowls",
    "least_squares_rates",
    "loss_contours",
    "losses_ahead",
    "normalization_steps",
    "normalized_neuron",
    "percentile_bands",
    "pictures",
    "points",
    "progress",
    "projection",
    "reported",
    "responses",
    "shared_statistics",
    "show",
    "stations",
    "style",
    "thinned_networks",
    "touching_contours",
    "weight_paths",
]
