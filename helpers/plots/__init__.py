"""Every figure of the course, in one look, with a description for those who cannot see it.

    plots.show(plots.learning_curves({"batch": (steps, accuracies)}, x_label="step", y_label="accuracy"))

Each function returns a Matplotlib figure with a `description`. Drawing changes no setting of Matplotlib,
and does not use pyplot.
"""

from .balance import balance
from .beside import curves_beside, reported
from .blindness import blind_spots
from .boxes import boxes
from .bowls import least_squares_bowls, least_squares_rates
from .channel import normalization_steps
from .comparison import points
from .cubes import shared_in_groups, shared_statistics
from .curves import learning_curves, percentile_bands
from .distributions import activation_histograms
from .explore import explore
from .few_values import few_values
from .fits import fitted_curves
from .formulas import measured_and_formula
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
from .sentences import padded_sentences
from .shrinkage import shrinkage
from .stations import stations
from .style import style

__all__ = [
    "activation_histograms",
    "balance",
    "boxes",
    "blind_spots",
    "curves_beside",
    "decision_regions",
    "explore",
    "few_values",
    "fitted_curves",
    "layer_modes",
    "learning_curves",
    "least_squares_bowls",
    "least_squares_rates",
    "loss_contours",
    "losses_ahead",
    "measured_and_formula",
    "normalization_steps",
    "normalized_neuron",
    "padded_sentences",
    "percentile_bands",
    "pictures",
    "points",
    "progress",
    "projection",
    "reported",
    "responses",
    "shared_in_groups",
    "shared_statistics",
    "show",
    "shrinkage",
    "stations",
    "style",
    "thinned_networks",
    "touching_contours",
    "weight_paths",
]
