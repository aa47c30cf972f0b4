"""Notebook 04, predict: how many numbers does a layer hold."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


count_parameters = PredictExercise(
    {
        "Dense(3), two inputs": 9,
        "BN after Dense(3)": 12,
        "trained in BN after Dense(3)": 6,
        "Dense(2)": 8,
        "BN after Dense(2)": 8,
        "trained in the whole network": 30,
    },
    variable="numbers",
    mistakes={
        "Dense(3), two inputs": [
            Mistake("biases of Dense(3) forgotten", "6 are the weights, 2 inputs times 3 units; each unit has a bias.", 6),
            Mistake("one bias for Dense(3)", "7 has one bias for the layer; each of the 3 units has its own.", 7),
            Mistake("a bias an input", "8 has a bias for each input; it is one for each unit.", 8),
            Mistake("units added to inputs", "5 adds inputs and units; every input is joined to every unit.", 5),
        ],
        "BN after Dense(3)": [
            Mistake("only gamma and beta", "6 are gamma and beta. The layer also keeps two numbers a neuron for inference.", 6),
            Mistake("one number a neuron", "3 would be one number a neuron. Count the letters: two are trained, two are kept.", 3),
            Mistake("four in all", "4 would serve the whole layer; each of the 3 neurons has its own four.", 4),
            Mistake("the notes' sum taken twice", "24 counts something twice. The sum in the notes is 3 · 4.", 24),
            Mistake("three numbers a neuron", "9 would be three a neuron. Moving mean *and* moving variance are kept.", 9),
            Mistake("a scale for each weight", "BN acts on the 3 outputs of the layer, not on its weights.", 36),
        ],
        "trained in BN after Dense(3)": [
            Mistake(
                "everything trained",
                "all of them would mean that a gradient reaches the moving statistics. They are computed from the "
                "batches, and no gradient reaches them.",
                12,
            ),
            Mistake("nothing trained", "gamma and beta follow the gradient like any weight.", 0),
            Mistake("only gamma trained", "3 is gamma alone; beta is trained, too.", 3),
            Mistake("per neuron, not per layer", "2 are trained for *each* neuron; the layer has 3.", 2),
        ],
        "Dense(2)": [
            Mistake("biases of Dense(2) forgotten", "6 are the weights, 3 inputs times 2 units; the biases are missing.", 6),
            Mistake("inputs of the network", "6 + 2 it is not that way: this layer's inputs are the 3 units below.", 4),
            Mistake("BN widens its input", "BN hands on 3 numbers, not 12: gamma, beta and the moving ones are inside.", 26),
            Mistake("a bias for each input of Dense(2)", "9 has a bias for each of the 3 inputs; it is one for each unit.", 9),
        ],
        "BN after Dense(2)": [
            Mistake("only gamma and beta again", "4 are gamma and beta. Two more numbers a neuron are kept for inference.", 4),
            Mistake("the three neurons below", "12 belongs to a layer of 3 neurons; this one normalizes 2.", 12),
            Mistake("one number a neuron again", "2 would be one number a neuron.", 2),
            Mistake("three numbers a neuron again", "6 would be three a neuron. Which two are kept, which two trained?", 6),
        ],
        "trained in the whole network": [
            Mistake("all numbers", "40 is all of them. Which ten are kept and not trained?", 40),
            Mistake("biases forgotten", "24 leaves out the biases of the dense layers: 3, 2 and 1.", 24),
            Mistake("the second layer's statistics", "34 leaves out only the 6 numbers that the first BN keeps; the second keeps 4.", 34),
            Mistake("the first layer's statistics", "36 leaves out only the 4 numbers that the second BN keeps; the first keeps 6.", 36),
            Mistake("the last layer forgotten", "27 leaves out Dense(1): 2 weights and a bias.", 27),
            Mistake("dense layers only", "20 are the dense layers. gamma and beta are trained as well.", 20),
            Mistake("normalization only", "10 are gamma and beta. The dense layers are trained as well.", 10),
            Mistake("without the last bias", "29 leaves out one bias, that of Dense(1).", 29),
            Mistake(
                "gamma only",
                "25 counts gamma and leaves out beta: both are trained.",
                25,
            ),
        ],
    },
    points=2,
    hints=[
        "A dense layer has one weight for each pair of an input and a unit, and a bias for each unit.",
        "Batch normalization has, for each neuron: what multiplies, what is added, and what is remembered for inference.",
        "Two of the four are trained. Dense(1) has 2 weights and a bias; then add up.",
    ],
    insight="Four numbers a neuron, two of them trained: 12 = 6 + 6 and 8 = 4 + 4. Keras calls the other two "
    "non-trainable weights: they belong to the layer and are saved with it, but no gradient reaches them.",
)
