"""A game in which the reader chooses the therapist's moves in one session of the arousal model."""

from __future__ import annotations

from collections.abc import Mapping

import anywidget
import numpy as np
import traitlets

from widgets import frontend

SETTINGS = {"higher": 0.75, "lower": 0.55, "very high": 0.95}


class PolicyGame(anywidget.AnyWidget):
    """Play one session of the arousal model, and stand beside three policies that met the same shocks.

    `moves` holds what each move does to arousal and how much it asks of mentalizing, `settings` the switch points to
    choose from, `shocks` what comes from outside in each session to play. The model itself is run by the front end, so
    that the game is alive without a kernel; it is the one of the chapter, and a test holds both to the same numbers.
    """

    _esm = frontend.bundle("policy")
    _css = frontend.style("policy")

    moves = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    shocks = traitlets.List().tag(sync=True)

    def __init__(self, moves: Mapping[str, tuple[float, float]]) -> None:
        """Offer these moves, from the calmest to the most demanding: name -> (change of arousal, demand)."""
        super().__init__(
            moves={name: list(effect) for name, effect in moves.items()}, settings=SETTINGS, shocks=shocks()
        )

    def __repr__(self) -> str:
        # The inherited one holds a memory address, which would differ at every run of the notebook.
        return "PolicyGame()"


def shocks(sessions: int = 6, turns: int = 30, seed: int = 11) -> list[list[float]]:
    """Return what comes from outside at each turn of each session: small things, and now and then a big one."""
    rng = np.random.default_rng(seed)
    drawn = 0.35 * (rng.random((sessions, turns)) < 0.05) + rng.normal(0, 0.06, (sessions, turns))
    return drawn.round(4).tolist()
