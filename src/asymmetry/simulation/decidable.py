"""Which claims a study can never decide: a huge truth, and its opposite, through its own analysis.

Four truths are planted into the study's own grid, all almost without chance. In the first, losses
of high skill are best without an adversary and worst with one; patch heads, convolutional trunks,
the adversary itself and random weights are better. In the second, all of that is the other way
round. In the third, losses hardly differ with an adversary and discriminators do, and Transformers
diverge at the highest weight; in the fourth, the opposite. A claim that none of them decides, no
data of the study will.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import MEASURES, Evidence
from asymmetry.analysis.hypotheses.examine import DESCRIPTIVE_ONLY, examine
from asymmetry.analysis.hypotheses.h04_random_weights import RANDOM
from asymmetry.analysis.hypotheses.h08_backbones import SYNTHETIC
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.analysis.judging import Judged, judge_values
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.backbones.catalog import BACKBONES
from asymmetry.backbones.families import is_transformer
from asymmetry.core.randomness import draws
from asymmetry.fidelity.registry import backbone_of, fidelity_names
from asymmetry.metrics.contracts import PEOPLE
from asymmetry.simulation.study import empty_tables, row_of
from asymmetry.stats.arrays import Array
from asymmetry.study import Study
from asymmetry.study.grid import cells
from asymmetry.tables.read import MEASURED
from asymmetry.tables.schemas import COLUMNS, CONTRADICTED, DESCRIPTIVE, DIVERGED, DONE, SUPPORTED

_IMAGES = 6
_CHANCE = 0.02  # of trainings and of images, where losses differ by about 1


@dataclass(frozen=True)
class Decidable:
    """A claim and what a huge truth makes of it: how many of its findings, and what would mend it.

    `support`, `contradict`: how many of `findings` (scopes and regimes) can be. `never` are the
    regimes that can be neither, each with what would mend it.
    """

    hypothesis: str
    claim: str
    findings: int
    support: int
    contradict: int
    never: list[tuple[str, str]]
    descriptive: str = ""

    @property
    def line(self) -> str:
        """In words: `H3: cannot be decided (1 of 2): λ = 0.1: It needs ...`."""
        name = f"{self.hypothesis:4}"
        if self.descriptive:
            return f"{name} descriptive only: {self.descriptive}"
        decided = self.findings - len(self.never)
        if not self.never:
            return f"{name} can be decided, in {decided} of {self.findings} findings"
        regime, mend = self.never[0]
        more = f" (and {len(self.never) - 1} more)" if len(self.never) > 1 else ""
        start = (
            f"can be decided in {decided} of {self.findings} findings; not"
            if decided
            else ("can never be decided:")
        )
        return f"{name} {start} {regime}{more}: {mend}."


def decidable(study: Study) -> list[Decidable]:
    """What the design of a study can decide, a row for each claim."""
    truths = [_evidence(study, truth) for truth in range(4)]
    rows = []
    for module in load_hypotheses():
        first, *others = [examine(module, evidence) for evidence in truths]
        by_key: dict[tuple[str, ...], list[Finding]]
        by_key = {(*one.scope, one.regime): [one] for one in first}
        for one in (one for found in others for one in found):
            # What only a truth with diverged runs asks is no question of the design.
            by_key.get((*one.scope, one.regime), []).append(one)
        reason = DESCRIPTIVE_ONLY.get(module.ID, "")
        rows.append(_row(module.ID, module.CLAIM, by_key, reason))
    return rows


def _row(
    name: str, claim: str, by_key: dict[tuple[str, ...], list[Finding]], descriptive: str
) -> Decidable:
    verdicts = {key: {one.verdict for one in found} for key, found in by_key.items()}
    real = {key: found for key, found in verdicts.items() if found != {DESCRIPTIVE}}
    never = [
        (_where(key), by_key[key][0].note.split(". ")[0].rstrip(".") or "whatever is true")
        for key, found in real.items()
        if not found & {SUPPORTED, CONTRADICTED}
    ]
    support, contradict = (
        sum(verdict in found for found in real.values()) for verdict in (SUPPORTED, CONTRADICTED)
    )
    return Decidable(name, claim, len(real), support, contradict, never, descriptive)


def _where(key: tuple[str, ...]) -> str:
    """The axis and the regime of a finding, and the rest of its scope where it has one."""
    return ", ".join(part for part in key[3:] if part != "all") or "the study"


def _evidence(study: Study, truth: int) -> Evidence:
    frame = pd.DataFrame(
        [
            row_of(cell, *_of_discriminator(study, cell.discriminator))
            for cell in cells(study)
        ]
    ).astype(object).infer_objects()  # fmt: skip
    frame["status"] = frame["status"].mask(_diverged(frame, truth), DIVERGED)
    losses = pd.unique(frame["fidelity"]).tolist()
    skill = _skill(study, losses)
    measured = study.evaluation.all_metrics
    judges = [name for name in study.evaluation.judges if name in measured]
    judges += [name for name in MEASURES if name in measured and name not in judges]
    judges += [BALANCE] if study.evaluation.artifacts_beside else []
    set_name = next(iter(study.evaluation.sets))  # all sets have the same grid
    judged = [
        judge_values(
            own.reset_index(drop=True),
            _values(own.reset_index(drop=True), truth, losses, len(judges), index),
            (str(scope[0]), str(scope[1]), set_name),
            judges,
        )
        for index, (scope, own) in enumerate(frame.groupby(MEASURED[:2], sort=False))
        if isinstance(scope, tuple)
    ]
    tables = empty_tables(
        runs=frame.reindex(columns=COLUMNS["runs"]),
        scores=frame[:1].reindex(columns=COLUMNS["scores"]),
        skill=skill,
        optimisability=_recovery(losses),
        transfer=_transfer(study, frame, truth),
    )
    axes = {axis: names for axis, names in study.evaluation.axes.items() if axis != PEOPLE}
    way: dict[tuple[str, ...], Judged] = {one.scope: one for one in judged}
    ways = dict.fromkeys(study.training.snapshots, way)
    return Evidence(tables, judged, axes, skill_of_losses(skill), snapshots=ways)


def _of_discriminator(study: Study, name: str) -> tuple[str | None, str | None, str | None, bool]:
    spec = study.discriminators.get(name)
    if spec is None:
        return None, None, None, False
    return spec.backbone, spec.head, spec.initialisation, spec.frozen


def _values(frame: pd.DataFrame, truth: int, losses: list[str], judges: int, key: int) -> Array:
    """Values [judges, cells, images] under a truth."""
    rng, frame = draws(0, f"decidable/{truth}", step=key), frame[frame["status"] == DONE]
    level = _quality(frame, truth, losses) + _CHANCE * rng.standard_normal(len(frame))
    images = rng.standard_normal((judges, 1, _IMAGES))
    noise = _CHANCE * rng.standard_normal((judges, len(frame), _IMAGES))
    return np.asarray(level[None, :, None] + images + noise)


def _quality(frame: pd.DataFrame, truth: int, losses: list[str]) -> Array:
    """The quality [cells] under one of the four truths."""
    order = np.array([losses.index(loss) for loss in frame["fidelity"]], dtype=float)
    order = (order - order.mean()) / max(order.std(), 1e-9)
    weight = frame["adversarial_weight"].to_numpy(dtype=float)
    adversary = weight > 0
    decades = np.log10(np.where(adversary, weight, 1)) + 2
    transformer = frame["backbone"].map(is_transformer, "ignore").eq(True).to_numpy()
    patch = (frame["head"] == "patch").to_numpy()
    random = (frame["fidelity"] == RANDOM).to_numpy()
    designs = pd.factorize(frame["discriminator"])[0] % 5 - 2.0
    sign = 1.0 if truth % 2 == 0 else -1.0
    design = sign * (patch * 1.0 - transformer * (1.0 + decades) + 2.0) * adversary
    if truth < 2:
        return np.asarray(order * np.where(adversary, -sign, sign) + design + 6 * sign * random)
    few, many = (0.01, 1.0) if truth == 2 else (1.0, 0.01)
    spread = np.where(adversary, few, many)
    return np.asarray(spread * order + (designs if truth == 2 else 0.01 * design) * adversary)


def _diverged(frame: pd.DataFrame, truth: int) -> pd.Series:
    """Whether a cell diverged: in the third truth Transformers', in the fourth the others'."""
    weight = frame["adversarial_weight"].astype(float)
    transformer = frame["backbone"].map(is_transformer, "ignore")
    # Not where it is the only weight, or losses there would be of one family alone.
    highest = (weight > 0) & (weight == weight.max()) & (weight[weight > 0].nunique() > 1)
    return highest & transformer.eq(truth == 2) & (truth >= 2)


def _skill(study: Study, losses: list[str]) -> pd.DataFrame:
    """The table `skill`: losses in the order of the grid, and random weights lowest."""
    srcc = dict(zip(losses, np.linspace(0.5, 0.95, len(losses)), strict=True))
    srcc |= {RANDOM: 0.4} if RANDOM in srcc else {}
    rows = []
    for name, iqa in study.iqa_sets.items():
        for place, metric in enumerate(dict.fromkeys([*losses, *study.evaluation.all_metrics])):
            trunk = backbone_of(metric) if metric in fidelity_names() else None
            good = (0.5 if trunk and is_transformer(trunk) else 0.9) + 0.001 * (place % 7)
            rows.append(("metric", metric, name, iqa.kind, good if iqa.kind in SYNTHETIC else 0.7))
        rows += [("fidelity", loss, name, iqa.kind, srcc[loss]) for loss in losses]
    table = pd.DataFrame(rows, columns=["role", "metric", "set", "kind", "value"])
    table = table.assign(subset="all", statistic="srcc", n=1000, status="ok")
    return table.assign(low=table["value"] - 0.005, high=table["value"] + 0.005)


def _recovery(losses: list[str]) -> pd.DataFrame:
    """The table `optimisability`: the opposite order of that of skill."""
    rows = [
        (loss, f"photo{photo}/noise", "recovery", -place + 0.01 * photo, "ok")
        for place, loss in enumerate(losses)
        for photo in range(4)
    ]
    return pd.DataFrame(rows, columns=["fidelity", "image", "statistic", "value", "status"])


def _transfer(study: Study, frame: pd.DataFrame, truth: int) -> pd.DataFrame:
    """The table `transfer`: discriminators recover a tenth of ImageNet's gain, or nine."""
    gain = 0.1 if truth % 2 == 0 else 0.9
    levels = {"random": 0.3, "discriminator": 0.3 + 0.4 * gain, "pretrained": 0.7}
    trained = frame[frame["backbone"].notna()].drop_duplicates(["discriminator", "seed"])
    rng, rows = draws(0, "decidable/transfer"), []
    asked = [start for start in levels if start in study.transfer.initialisations]
    for cell in trained.itertuples():
        has_weights = bool(BACKBONES[str(cell.backbone)].weights)
        for start in asked:
            if start == "pretrained" and not has_weights:
                continue
            for name in study.transfer.sets:
                value = levels[start] + 0.005 * rng.standard_normal()
                rows.append((cell.discriminator, cell.backbone, cell.seed, start, name, value))
    columns = ["discriminator", "backbone", "seed", "initialisation", "set", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(
        run="", head="", fidelity=None, adversarial_weight=np.nan, mode="probe", reference="nr",
        split=0, part="test", statistic="srcc", n=1000, status="ok",
        low=table["value"] - 0.005, high=table["value"] + 0.005,
    )  # fmt: skip
