"""The clinic's engine on a made-up patient, and the patients of notebook 12 on their own scripts."""

import math
import re
import time
from pathlib import Path

import numpy as np
import pytest

from helpers import datasets
from helpers.authoring.levels import sections
from helpers.authoring.notebook import code_cells, read
from helpers.exercises import DiagnoseExercise, Mistake, Patient, TreatExercise, model_clinic, name_exercises
from helpers.exercises.engine import clinic

CAUSES = {"cold": ("pulse", "a cold raises the pulse."), "broken leg": ("x-ray", "the bone is whole.")}


def made_up():
    """A patient that is ill as long as `dose` is 0."""
    patient = Patient(
        measurements={
            "pulse": lambda run: f"The pulse is ≈ {run['pulse']:.0f}.",
            "x-ray": lambda run: "The bone is whole.",
            "temperature": lambda run: "The temperature is ≈ 39.5.",
            "thermometer": lambda run: "The thermometer shows ≈ 39.6.",
        }
    )
    diagnose = DiagnoseExercise(
        patient, cause="flu", measurement="temperature", also=["thermometer"], causes=CAUSES,
        measurements={"pulse": "it does not tell.", "x-ray": "the bone says nothing."},
        hints=["a", "b"], insight="It is the flu.",
    )
    treat = TreatExercise(
        patient, wants=("pulse",), judge=lambda run: {"pulse": float(run["pulse"])},
        met=lambda n: n["pulse"] < 80, report=lambda n: f"The pulse is ≈ {n['pulse']:.0f}.",
        mistakes=[Mistake("too little", "The dose is too small.", lambda n, s: 0 < s.get("dose", 0) < 2)],
        otherwise="The pulse is still too high.", cures=["treated = script(dose=3)", "treated = script(dose=4)"],
        hints=["a", "b"], insight="Well again.",
    )
    name_exercises({"diagnose": diagnose, "treat": treat})
    return patient, diagnose, treat


def admitted(patient):
    @patient.admit
    def script(dose=0, pulse=None):
        return {"pulse": 100 - 10 * dose if pulse is None else pulse, "dose": dose}

    return script


# ---- Diagnosis -----------------------------------------------------------------------------------


def test_a_wrong_cause_is_answered_with_the_measurement_that_contradicts_it():
    patient, diagnose, _ = made_up()
    admitted(patient)()
    verdict = diagnose.evaluate({"cause": "cold", "measurement": None})
    assert verdict.mistakes == ("cold",)
    assert "a cold raises the pulse." in str(verdict)
    assert "Measured on this patient: The pulse is ≈ 100." in str(verdict)


def test_the_measurement_is_the_first_run_s_whatever_ran_later():
    patient, diagnose, _ = made_up()
    script = admitted(patient)
    script()
    script(dose=5)
    assert "≈ 100" in str(diagnose.evaluate({"cause": "cold", "measurement": None}))


def test_a_measurement_that_does_not_tell_is_answered_with_itself():
    patient, diagnose, _ = made_up()
    admitted(patient)()
    verdict = diagnose.evaluate({"cause": "flu", "measurement": "pulse"})
    assert verdict.state == "known mistake" and "it does not tell." in str(verdict) and "≈ 100" in str(verdict)


def test_the_right_diagnosis_shows_the_measurement_that_was_named():
    patient, diagnose, _ = made_up()
    admitted(patient)()
    for measurement, shown in {"temperature": "≈ 39.5", "thermometer": "≈ 39.6"}.items():
        verdict = diagnose.evaluate({"cause": "flu", "measurement": measurement})
        assert verdict.state == "correct" and shown in str(verdict) and "It is the flu." in str(verdict)


def test_without_a_run_nothing_is_judged():
    patient, diagnose, treat = made_up()
    for verdict in (
        diagnose.evaluate({"cause": "cold", "measurement": None}),
        diagnose.evaluate(dict(diagnose.answers)),
        treat.evaluate({"pulse": 60}),
    ):
        assert verdict.state == "unusable" and "has not run yet" in str(verdict)
    assert diagnose.evaluate({"cause": None, "measurement": None}).state == "not attempted"
    with pytest.raises(RuntimeError, match="has not run yet"):
        patient.measure("pulse")


def test_a_measurement_can_be_ordered(capsys):
    patient, _, _ = made_up()
    admitted(patient)()
    patient.measure("pulse")
    assert capsys.readouterr().out == "The pulse is ≈ 100.\n"
    with pytest.raises(ValueError, match="'weight' cannot be measured here; these can: 'pulse'"):
        patient.measure("weight")


def test_every_measurement_of_a_patient_must_be_spoken_of():
    patient, _, _ = made_up()
    with pytest.raises(ValueError, match="not spoken of"):
        DiagnoseExercise(patient, cause="flu", measurement="temperature", causes=CAUSES, measurements={},
                         hints=["a", "b"], insight="x")


# ---- Treatment -----------------------------------------------------------------------------------


def test_a_cure_passes_and_what_does_not_cure_is_named():
    patient, _, treat = made_up()
    script = admitted(patient)
    sick = script()
    assert treat.evaluate(None).state == "not attempted"
    assert treat.evaluate(sick).state == "not attempted" and "as it came" in str(treat.evaluate(sick))
    assert treat.evaluate(script(dose=3)).state == "correct"
    assert treat.evaluate(script(dose=1)).mistakes == ("too little",)
    other = treat.evaluate(script(dose=-1))
    assert other.state == "wrong" and "still too high" in str(other)


def test_a_function_of_the_student_s_own_counts_when_it_is_admitted():
    patient, _, treat = made_up()
    admitted(patient)()

    @patient.admit
    def mine(tea=2):
        return {"pulse": 70}

    assert treat.evaluate(mine()).state == "correct"


def test_typed_numbers_are_no_treatment():
    patient, _, treat = made_up()
    script = admitted(patient)
    script()
    assert "were typed in" in str(treat.evaluate({"pulse": 60, "dose": 3}))
    assert "were typed in" in str(treat.evaluate(60))
    changed = script(dose=1)
    changed["pulse"] = 60
    assert "was changed afterwards" in str(treat.evaluate(changed))
    assert treat.evaluate(changed).state == "unusable"


class Network:
    """A network with one trained weight and one that inference may move."""

    def __init__(self):
        self.trainable_weights, self.moving_mean = [np.zeros(2)], np.zeros(2)


def test_a_network_trained_after_its_run_is_no_treatment():
    patient, _, treat = made_up()
    admitted(patient)()

    @patient.admit
    def mine():
        return {"pulse": 60, "model": Network(), "history": {"loss": [1.0, 0.5]}}

    used = mine()
    used["model"].moving_mean += 1
    assert treat.evaluate(used).state == "correct"
    used["model"].trainable_weights[0] += 1
    assert "was changed afterwards" in str(treat.evaluate(used))
    typed = mine()
    typed["history"]["loss"][-1] = 0.1
    assert "was changed afterwards" in str(treat.evaluate(typed))


def test_a_run_that_returns_nothing_is_told():
    patient, _, treat = made_up()
    admitted(patient)()
    assert "is the `return` missing?" in str(treat.evaluate(patient.admit(lambda: None)()))


def test_a_function_that_was_not_called_is_told():
    patient, _, treat = made_up()
    script = admitted(patient)
    script()
    assert "Call it, and pass on what it returns: `treated = script(...)`" in str(treat.evaluate(script))


def test_a_result_without_what_is_judged_is_told():
    patient, _, treat = made_up()
    admitted(patient)()
    without = patient.admit(lambda: {"puls": 60})
    assert "lacks `pulse`" in str(treat.evaluate(without()))
    number = patient.admit(lambda: 60)
    assert "has to return a dictionary with `pulse`" in str(treat.evaluate(number()))


def test_nan_is_told():
    patient, _, treat = made_up()
    script = admitted(patient)
    script()
    assert "NaN or infinity" in str(treat.evaluate(script(pulse=math.nan)))


def test_what_cannot_be_tried_is_told():
    patient, _, treat = made_up()
    script = admitted(patient)
    script()
    verdict = treat.evaluate(script(pulse="sixty"))
    assert verdict.state == "unusable" and "cannot be judged: could not convert string to float" in str(verdict)


def test_a_run_that_raises_raises_and_is_told():
    patient, _, treat = made_up()
    admitted(patient)()

    @patient.admit
    def broken():
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        broken()
    verdict = treat.evaluate(None)
    assert verdict.state == "unusable" and "Your last run broke off. It raised `ZeroDivisionError`" in str(verdict)


def test_a_run_that_never_ends_is_stopped_and_told(monkeypatch):
    monkeypatch.setattr(clinic, "LEAST_SECONDS", 0.2)
    patient, _, treat = made_up()
    admitted(patient)()

    @patient.admit
    def endless():
        while True:
            pass

    began = time.process_time()
    with pytest.raises(clinic.OverBudget, match="stopped after"):
        endless()
    assert time.process_time() - began < 2
    assert "It never ends, or it trains for too long" in str(treat.evaluate(None))


def test_a_first_run_that_fails_is_no_patient():
    patient, diagnose, _ = made_up()

    @patient.admit
    def script(fails=True):
        if fails:
            raise ValueError("no")
        return {"pulse": 100}

    with pytest.raises(ValueError):
        script()
    assert not patient.visits
    script(fails=False)
    assert "≈ 100" in str(diagnose.evaluate({"cause": "cold", "measurement": None}))


def test_reading_the_file_of_the_digits_is_told():
    patient, _, treat = made_up()
    admitted(patient)()

    @patient.admit
    def looks():
        datasets.load_mnist()
        return {"pulse": 60}

    assert "the file of the digits was opened" in str(treat.evaluate(looks()))
    datasets.load_mnist()  # outside a run nobody minds
    assert treat.evaluate(patient.admit(lambda: {"pulse": 61})()).state == "correct"


def test_using_held_out_digits_is_told_and_training_digits_are_free():
    patient, _, treat = made_up()
    admitted(patient)()
    (x, _), (x_test, _) = datasets.load_mnist()
    x, scaled = x[:5000], x_test.reshape(-1, 784) / np.float32(255)

    @patient.admit
    def honest(more=x[:10]):
        return {"pulse": 60, "used": len(x) + len(more)}

    @patient.admit
    def cheats():
        return {"pulse": 60, "used": len(scaled)}

    @patient.admit
    def cheats_inside():
        return {"pulse": 60, "used": [len(row) for row in (lambda: x_test[:200])()]}

    assert treat.evaluate(honest()).state == "correct"
    assert "uses `scaled`" in str(treat.evaluate(cheats()))
    assert "uses `x_test`" in str(treat.evaluate(cheats_inside()))


def test_a_function_that_calls_the_script_is_watched_to_its_end():
    patient, _, treat = made_up()
    script = admitted(patient)
    script()

    @patient.admit
    def looks_later():
        run = script(dose=3)
        datasets.load_mnist()
        return run

    assert "the file of the digits was opened" in str(treat.evaluate(looks_later()))
    assert treat.evaluate(patient.admit(lambda: script(dose=3))()).state == "correct"
    assert treat.evaluate(patient.admit(lambda: script() | {"pulse": 95})()).state == "wrong"
    # What its own function may have done after the script's run, the script's settings do not tell.
    assert treat.evaluate(patient.admit(lambda: script(dose=1))()).mistakes == ()


def test_what_an_inner_run_opens_the_outer_one_has_opened():
    patient, _, treat = made_up()
    admitted(patient)()
    reads = patient.admit(lambda: {"pulse": len(datasets.load_mnist())})
    assert "the file of the digits was opened" in str(treat.evaluate(patient.admit(lambda: reads() | {"pulse": 61})()))


def test_a_treatment_needs_two_cures():
    patient, _, _ = made_up()
    with pytest.raises(ValueError, match="two different"):
        TreatExercise(patient, wants=(), judge=dict, met=bool, report=str, mistakes=[], otherwise="", cures=["x"],
                      hints=["a", "b"], insight="x")


def test_what_a_run_prints_is_printed(capsys):
    patient, _, _ = made_up()
    patient.admit(lambda: print("epoch 1") or {"pulse": 1})()
    assert capsys.readouterr().out == "epoch 1\n"


# ---- The patients of notebook 12 -----------------------------------------------------------------

NOTEBOOK = read(Path(__file__).resolve().parent.parent / "notebooks" / "12-model-clinic.ipynb")
PATIENTS = [name for name, value in vars(model_clinic).items() if isinstance(value, Patient)]

# A student's cell that does not cure, and the mistake that it is told (more were tried by readers).
POOR = {
    "sorted_rows": ("treated = train_on_table(dropout=0.5)", "a class is still missing"),
    "slow_averages": ("treated = train_slowly(momentum=0.999)", "momentum hardly lower"),
    "post_office": ("treated = train_reader(tray=1000)", "another tray"),
    "few_digits": ("treated = train_on_few(scale_all=False)", "the scaler alone"),
    "flat_line": ("treated = train_deep(rate=1.0)", "another rate"),
    "small_memory": ("treated = train_in_passes(rows=32, passes=1)", "over the memory"),
    "long_night": ("treated = train_at_night(monitor='val_loss')", "wrong direction"),
    "grey_paper": ("treated = learn_grey(rate=0.0001)", "statistics still move"),
}


def part(patient, step):
    return getattr(model_clinic, f"{step}_{patient}")


@pytest.fixture(scope="module")
def imported():
    """What the notebook's first cell makes."""
    namespace = {}
    exec(code_cells(NOTEBOOK)[0].source, namespace)
    return namespace


@pytest.fixture(scope="module", params=PATIENTS)
def ward(request, imported):
    """A patient, the notebook's names where its script is defined, and the script's first run."""
    patient = getattr(model_clinic, request.param)
    mark = f"@exercises.{request.param}.admit"
    section = next(
        section for section in sections(NOTEBOOK)
        if any(mark in NOTEBOOK.cells[index].source and NOTEBOOK.cells[index].cell_type == "code" for index in section.cells)
    )
    names = dict(imported)
    patient.forget()
    for index in section.cells:
        cell = NOTEBOOK.cells[index]
        if cell.cell_type == "code":
            exec(cell.source, names)
            if mark in cell.source:
                break
    script = names[re.search(rf"{re.escape(mark)}\ndef (\w+)", cell.source)[1]]
    yield request.param, names, script()
    patient.forget()


def test_every_wrong_diagnosis_is_answered_with_a_measurement(ward):
    name, _, _ = ward
    diagnose = part(name, "diagnose")
    right = dict(diagnose.answers)
    for entry, mistakes in diagnose.mistakes_by_entry.items():
        assert len(mistakes) >= 2
        for mistake in mistakes:
            verdict = diagnose.evaluate(right | {entry: mistake.answer})
            assert verdict.mistakes == (mistake.name,)
            assert re.search(r"Measured on this patient: .*(≈|\d|none)", str(verdict)), str(verdict)
    verdict = diagnose.evaluate(right)
    assert verdict.state == "correct" and "Measured on this patient" in str(verdict)


def test_each_measurement_can_be_ordered_and_is_quick(ward, capsys):
    patient = getattr(model_clinic, ward[0])
    for name in patient.measurements:
        began = time.process_time()
        patient.measure(name)
        assert time.process_time() - began < 2
        assert capsys.readouterr().out.strip()


def test_the_patient_is_ill_and_its_other_cures_work(ward):
    """The first cure is the solution: `test_notebooks.py` runs it."""
    name, names, run = ward
    treat = part(name, "treat")
    verdict = treat.evaluate(run)
    assert verdict.state == "not attempted" and "as it came" in str(verdict)
    for cure in treat.cures[1:]:
        exec(cure, names)
        verdict = treat.evaluate(names[treat.variable])
        assert verdict.state == "correct", str(verdict)


def test_a_poor_treatment_is_told_what_it_is(ward):
    name, names, _ = ward
    source, mistake = POOR[name]
    exec(source, names)
    verdict = part(name, "treat").evaluate(names["treated"])
    assert verdict.mistakes == (mistake,), str(verdict)
