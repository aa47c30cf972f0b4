"""Notebook 04, predict: how many parameters does a layer hold."""

from __future__ import annotations

from helpers.exercises.engine import Mistake, PredictExercise


_DENSE_3, _BN_3, _TRAINED_3, _DENSE_2, _BN_2, _ALL_TRAINED = (
    "Dense(3), two inputs",
    "BN after Dense(3)",
    "trained in BN after Dense(3)",
    "Dense(2)",
    "BN after Dense(2)",
    "trained in the whole network",
)


count_parameters = PredictExercise(
    {_DENSE_3: 9, _BN_3: 12, _TRAINED_3: 6, _DENSE_2: 8, _BN_2: 8, _ALL_TRAINED: 30},
    variable="numbers",
    follows={
        _TRAINED_3: ((_BN_3,), lambda held: held / 2),
        _ALL_TRAINED: (
            (_DENSE_3, _BN_3, _TRAINED_3, _DENSE_2, _BN_2),
            lambda dense_3, bn_3, trained_3, dense_2, bn_2: dense_3 + trained_3 + dense_2 + bn_2 * trained_3 / bn_3 + 3,
        ),
    },
    patterns=[
        Mistake(
            "no biases throughout", "these leave out the biases: each unit has one.", {_DENSE_3: 6, _DENSE_2: 6, _ALL_TRAINED: 24}
        ),
        Mistake(
            "one bias a layer throughout",
            "these have one bias per layer; each unit has its own.",
            {_DENSE_3: 7, _DENSE_2: 7, _ALL_TRAINED: 27},
        ),
        Mistake(
            "a bias an input throughout",
            "these have a bias for each input; there is one for each unit.",
            {_DENSE_3: 8, _DENSE_2: 9, _ALL_TRAINED: 31},
        ),
        Mistake(
            "everything trained throughout",
            "these count the moving statistics as trained. They are computed from the batches, and no gradient reaches them.",
            {_TRAINED_3: 12, _ALL_TRAINED: 40},
        ),
        Mistake("gamma only throughout", "these count gamma alone; beta is trained, too.", {_TRAINED_3: 3, _ALL_TRAINED: 25}),
        Mistake(
            "gamma and beta throughout",
            "these would fit two parameters per unit. There are four: gamma and beta, both trained, and two that are "
            "kept for inference.",
            {_BN_3: 6, _TRAINED_3: 3, _BN_2: 4, _ALL_TRAINED: 25},
        ),
        Mistake(
            "eight numbers a unit throughout",
            "these would fit eight parameters per unit. Which parameters does one unit have?",
            {_BN_3: 24, _TRAINED_3: 12, _BN_2: 16, _ALL_TRAINED: 40},
        ),
        Mistake(
            "one number a unit throughout",
            "these would fit one parameter per unit. Count the letters in BN's formulas: two are trained, two are kept.",
            {_BN_3: 3, _TRAINED_3: 3, _BN_2: 2, _ALL_TRAINED: 25},
        ),
        Mistake(
            "three numbers a unit throughout",
            "these would be three per unit. Moving mean *and* moving variance are kept.",
            {_BN_3: 9, _BN_2: 6},
        ),
        Mistake(
            "four in all throughout", "4 would be four for the whole layer; each unit has its own "
            "four.", {_BN_3: 4, _BN_2: 4}
        ),
        Mistake(
            "numbers for the inputs throughout",
            "BN normalizes the dense layer's outputs, one value per unit. These would count the dense layer's inputs.",
            {_BN_3: 8, _BN_2: 12},
        ),
        Mistake(
            "dense layers only throughout",
            "gamma and beta are missing: they follow the gradient like any weight.",
            {_TRAINED_3: 0, _ALL_TRAINED: 20},
        ),
    ],
    mistakes={
        _DENSE_3: [
            Mistake("biases of Dense(3) forgotten", "6 are the weights, 2 inputs times 3 units; each unit has a bias.", 6),
            Mistake("one bias for Dense(3)", "7 would be right with one bias for the layer; each of the 3 units has "
                "its own.", 7),
            Mistake("a bias an input", "8 would be right with a bias for each input; there is one for each unit.", 8),
            Mistake("three inputs for Dense(3)", "12 is 3 times (3 + 1). The layer has 2 inputs, not 3.", 12),
            Mistake("units added to inputs", "5 is inputs plus units; every input is joined to every unit.", 5),
        ],
        _BN_3: [
            Mistake("only gamma and beta", "6 are gamma and beta. The layer also keeps two parameters per unit for inference.", 6),
            Mistake(
                "one number a unit",
                "3 would be one parameter per unit. Count the letters in BN's formulas: two are trained, two are kept.",
                3,
            ),
            Mistake("four in all", "4 would be four for the whole layer; each of the 3 units has its own four.", 4),
            Mistake("the notes' sum taken twice", "24 would be eight per unit. Which parameters does one unit have?", 24),
            Mistake("three numbers a unit", "9 would be three per unit. Moving mean *and* moving variance are kept.", 9),
            Mistake("a scale for each weight", "BN acts on the 3 outputs of the layer, not on its weights.", 36),
            Mistake("two units", "8 would be right for 2 units; this BN normalizes 3.", 8),
        ],
        _TRAINED_3: [
            Mistake(
                "everything trained",
                "12 would mean that a gradient reaches the moving statistics. They are computed from the batches, and no "
                "gradient reaches them.",
                12,
            ),
            Mistake("nothing trained", "gamma and beta follow the gradient like any weight.", 0),
            Mistake("only gamma trained", "3 is gamma alone; beta is trained, too.", 3),
            Mistake("per unit, not per layer", "2 are trained for *each* unit; the layer has 3.", 2),
            Mistake("three a unit trained", "9 would be three per unit. Which two follow the gradient?", 9),
        ],
        _DENSE_2: [
            Mistake(
                "biases of Dense(2) forgotten",
                "6 are the weights alone: this layer's inputs are the 3 units below, times 2 units. Each unit has a bias.",
                6,
            ),
            Mistake(
                "inputs of the network",
                "4 is 2 times 2. This layer's inputs are the 3 units below, and each unit has a bias.",
                4,
            ),
            Mistake("BN widens its input", "BN passes on 3 values, not 12: gamma, beta and the moving ones stay inside.", 26),
            Mistake(
                "a bias for each input of Dense(2)", "9 would be right with a bias for each of the 3 inputs; there "
                "is one for each unit.", 9
            ),
            Mistake("one bias for Dense(2)", "7 would be right with one bias for the layer; each of the 2 units has "
                "its own.", 7),
            Mistake("units added to inputs again", "5 is inputs plus units; every input is joined to every unit.", 5),
        ],
        _BN_2: [
            Mistake("only gamma and beta again", "4 are gamma and beta. Two more parameters per unit are kept for inference.", 4),
            Mistake("the three units below", "12 belongs to a layer of 3 units; this one normalizes 2.", 12),
            Mistake("one number a unit again", "2 would be one parameter per unit.", 2),
            Mistake("three numbers a unit again", "6 would be three per unit. Which two are kept, which two trained?", 6),
        ],
        _ALL_TRAINED: [
            Mistake("all numbers", "40 is all of them. Which of them are kept and not trained?", 40),
            Mistake(
                "biases forgotten",
                "24 is 6 too few. The dense layers have 6 biases (3, 2 and 1), and gamma and beta of the first BN "
                "are 6 parameters, too. Which are missing?",
                24,
            ),
            Mistake("the second layer's statistics", "34 leaves out only the 6 that the first BN keeps; the second keeps 4.", 34),
            Mistake("the first layer's statistics", "36 leaves out only the 4 that the second BN keeps; the first keeps 6.", 36),
            Mistake(
                "the last layer forgotten",
                "27 are trained in the layers before Dense(1). What does that layer hold?",
                27,
            ),
            Mistake("the second normalization forgotten", "26 is 4 too few: the second BN has 4 trained parameters.", 26),
            Mistake("dense layers only", "20 are the dense layers. gamma and beta are trained as well.", 20),
            Mistake("normalization only", "10 are gamma and beta. The dense layers are trained as well.", 10),
            Mistake("without the last bias", "29 is one too few. Dense(1) has a bias, too.", 29),
            Mistake("gamma only", "25 leaves out beta: gamma and beta are both trained.", 25),
        ],
    },
    points=2,
    hints=[
        "A dense layer has one weight for each pair of an input and a unit, and a bias for each unit.",
        "Batch normalization has, for each unit: what multiplies, what is added, and what is remembered for inference.",
        "Two of the four are trained. Dense(1) has 2 weights and a bias; then add up.",
    ],
    insight="Four parameters per unit, two of them trained: 12 = 6 + 6, as in the notes, and 8 = 4 + 4. Keras calls the other two "
    "non-trainable weights: they belong to the layer and are saved with it, but no gradient reaches them.",
)
