"""Linear mixed models with crossed random factors, by restricted maximum likelihood (REML).

y = X b + sum over factors k of Z_k u_k + e, with u_k ~ N(0, s_k^2 I) and e ~ N(0, s^2 I): each
level of a factor (a loss, a trunk, a judge, an image, a seed) shifts its observations. The model is
fitted by penalised least squares (Bates, Maechler, Bolker and Walker, "Fitting linear mixed-effects
models using lme4", J. Stat. Softw. 67, 2015, section 3), whose cost hangs on the number of levels
and not on that of observations. Degrees of freedom are Satterthwaite's (Kuznetsova, Brockhoff and
Christensen, "lmerTest package", J. Stat. Softw. 82, 2017, section 2.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import linalg, optimize, stats

from asymmetry.stats.arrays import Array

RESIDUAL = "residual"
_ZERO = 1e-4  # relative standard deviations below count as zero: the factor has no effect
_LARGEST = 1e4  # and above it, no residual would be left to tell apart from rounding
_STEP = 1e-3  # of numerical derivatives, relative


@dataclass(frozen=True)
class Contrast:
    """A linear combination of fixed effects with its 95 % interval and two-sided p-value."""

    value: float
    standard_error: float
    degrees_of_freedom: float
    low: float
    high: float
    p: float


class MixedModel:
    """A fitted model.

    `response` [n]; `fixed` [n, p] of full column rank; `factors`: for each random factor the level
    of every observation [n], any hashable values. Raises ValueError for other shapes, for values
    that are not finite, and where the fixed effects cannot be told apart.
    """

    def __init__(self, response: Array, fixed: Array, factors: Mapping[str, npt.ArrayLike]) -> None:
        self._check(response, fixed)
        self.names = list(factors)
        levels = [np.unique(np.asarray(codes), return_inverse=True) for codes in factors.values()]
        self._sizes = [len(values) for values, _ in levels]
        blocks = [np.eye(len(values))[inverse] for values, inverse in levels]
        random = np.concatenate(blocks, axis=1) if blocks else np.zeros((len(response), 0))
        self._n, self._p = fixed.shape
        self._zz, self._zx, self._zy = random.T @ random, random.T @ fixed, random.T @ response
        self._xx, self._xy = fixed.T @ fixed, fixed.T @ response
        self._yy = float(response @ response)
        self._relative = self._fit()
        self._solution = self._solve(self._relative)

    @staticmethod
    def _check(response: Array, fixed: Array) -> None:
        if fixed.ndim != 2 or response.shape != fixed.shape[:1]:
            raise ValueError(f"shapes {response.shape} and {fixed.shape} are not [n] and [n, p]")
        if not (np.isfinite(response).all() and np.isfinite(fixed).all()):
            raise ValueError("a mixed model wants finite values")
        if len(response) <= fixed.shape[1] or np.linalg.matrix_rank(fixed) < fixed.shape[1]:
            raise ValueError("the fixed effects cannot be told apart: too few observations")

    @property
    def coefficients(self) -> Array:
        """The fixed effects [p]."""
        return self._solution.coefficients

    @property
    def covariance(self) -> Array:
        """Of the fixed effects [p, p]."""
        return self._solution.variance * self._solution.unscaled

    @property
    def deviations(self) -> dict[str, float]:
        """The standard deviation of each random factor, and of the residual."""
        residual = float(np.sqrt(self._solution.variance))
        found = {
            name: float(part) * residual
            for name, part in zip(self.names, self._relative, strict=True)
        }
        return found | {RESIDUAL: residual}

    @property
    def deviance(self) -> float:
        """Minus twice the restricted log-likelihood: the REML criterion of lme4."""
        return self._solution.deviance

    def contrast(self, weights: npt.ArrayLike, level: float = 0.95) -> Contrast:
        """The combination of fixed effects with these `weights` [p]."""
        combination = np.asarray(weights, dtype=np.float64)
        value = float(combination @ self.coefficients)
        variance = float(combination @ self.covariance @ combination)
        error, freedom = float(np.sqrt(variance)), self._degrees_of_freedom(combination, variance)
        half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
        p = 2 * float(stats.t.sf(abs(value) / error, freedom)) if error > 0 else float(value == 0)
        return Contrast(value, error, freedom, value - half, value + half, p)

    def _fit(self) -> Array:
        """The standard deviations of the factors [factors] relative to that of the residual."""
        if not self.names:
            return np.zeros(0)
        found = [
            optimize.minimize(
                lambda relative: self._solve(relative).deviance,
                np.full(len(self.names), start),
                method="L-BFGS-B",
                bounds=[(0.0, _LARGEST)] * len(self.names),
                options={"ftol": 1e-12, "gtol": 1e-7},
            )
            for start in (0.3, 2.0)
        ]
        best = np.asarray(min(found, key=lambda one: one.fun).x, dtype=np.float64)
        return np.where(best < _ZERO, 0.0, best)

    def _solve(self, relative: Array) -> "_Solution":
        """Penalised least squares with these relative standard deviations [factors]."""
        scale = np.repeat(relative, self._sizes)
        penalised = scale[:, None] * self._zz * scale + np.eye(len(scale))
        factor = linalg.cholesky(penalised, lower=True)
        cross = linalg.solve_triangular(factor, scale[:, None] * self._zx, lower=True)
        right = linalg.solve_triangular(factor, scale * self._zy, lower=True)
        normal = linalg.cholesky(self._xx - cross.T @ cross, lower=True)
        coefficients = linalg.cho_solve((normal, True), self._xy - cross.T @ right)
        fitted = linalg.solve_triangular(normal, self._xy - cross.T @ right, lower=True)
        squares = max(self._yy - float(right @ right) - float(fitted @ fitted), 1e-300)
        freedom = self._n - self._p
        determinants = 2 * (np.log(np.diag(factor)).sum() + np.log(np.diag(normal)).sum())
        deviance = determinants + freedom * (1 + np.log(2 * np.pi * squares / freedom))
        unscaled = linalg.cho_solve((normal, True), np.eye(self._p))
        return _Solution(coefficients, unscaled, squares / freedom, squares, float(deviance))

    def _degrees_of_freedom(self, combination: Array, variance: float) -> float:
        """Satterthwaite: twice the squared variance of the combination over that of its estimate.

        Both as functions of the standard deviations; factors without effect are left out.
        """
        covariance, kept = self._covariance_of_deviations, self._kept
        centre = self._deviations_of(kept)
        gradient = np.empty(len(centre))
        for index, value in enumerate(centre):
            step = np.zeros(len(centre))
            step[index] = _STEP * value
            ends = [self._variance_at(centre + side * step, kept, combination) for side in (-1, 1)]
            gradient[index] = (ends[1] - ends[0]) / (2 * _STEP * value)
        spread = float(gradient @ covariance @ gradient)
        most = float(self._n - self._p)
        return min(most, 2 * variance**2 / spread) if spread > 0 else most

    @cached_property
    def _kept(self) -> list[int]:
        return [index for index, part in enumerate(self._relative) if part > 0]

    def _deviations_of(self, kept: list[int]) -> Array:
        """The standard deviations of the kept factors, then that of the residual."""
        residual = np.sqrt(self._solution.variance)
        return np.array([*(self._relative[kept] * residual), residual])

    def _relative_of(self, deviations: Array, kept: list[int]) -> Array:
        relative = np.zeros(len(self.names))
        relative[kept] = deviations[:-1] / deviations[-1]
        return relative

    def _variance_at(self, deviations: Array, kept: list[int], combination: Array) -> float:
        solution = self._solve(self._relative_of(deviations, kept))
        return float(deviations[-1] ** 2 * (combination @ solution.unscaled @ combination))

    def _deviance_at(self, deviations: Array, kept: list[int]) -> float:
        """The REML criterion where the residual's variance is not profiled out."""
        solution = self._solve(self._relative_of(deviations, kept))
        freedom, variance = self._n - self._p, deviations[-1] ** 2
        profiled = freedom * (1 + np.log(2 * np.pi * solution.squares / freedom))
        full = freedom * np.log(2 * np.pi * variance) + solution.squares / variance
        return solution.deviance - float(profiled - full)

    @cached_property
    def _covariance_of_deviations(self) -> Array:
        """Of the estimated standard deviations: twice the inverse Hessian of the deviance."""
        kept = self._kept
        centre = self._deviations_of(kept)
        steps = np.diag(np.cbrt(_STEP) * 0.1 * centre)
        hessian = np.empty((len(centre), len(centre)))
        for row, first in enumerate(steps):
            for column, second in enumerate(steps):
                corners = [
                    sign * other * self._deviance_at(centre + sign * first + other * second, kept)
                    for sign in (-1, 1)
                    for other in (-1, 1)
                ]
                hessian[row, column] = sum(corners) / (4 * first[row] * second[column])
        return np.asarray(2 * np.linalg.pinv(hessian, hermitian=True), dtype=np.float64)


@dataclass(frozen=True)
class _Solution:
    """`unscaled` is the covariance of the coefficients over the residual's `variance`."""

    coefficients: Array
    unscaled: Array
    variance: float
    squares: float
    deviance: float
