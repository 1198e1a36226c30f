"""What one turn of a workflow may use, and how much it has used.

Code of an export may loop for ever and run agents as often as it likes; no model call that is over the limit
is begun. What was done before the workflow was paused counts again when it goes on.
"""

from collections import Counter
from dataclasses import dataclass, field

from app.turns.failures import LimitReached, TooManyIterations, TooManyRuns, TooManyTokens
from app.workflows.settings import Limits


@dataclass
class Spending:
    """Made once per run of a workflow; each method returns what has been used up, if anything has."""

    limits: Limits
    iterations: Counter[int] = field(default_factory=Counter)
    runs: int = 0
    tokens: int = 0

    def iteration(self, line: int) -> LimitReached | None:
        """Count an iteration of the While in a line."""
        self.iterations[line] += 1
        return TooManyIterations() if self.iterations[line] > self.limits.loop_iterations else None

    def run(self) -> LimitReached | None:
        """Count a run of an agent that is to begin."""
        self.runs += 1
        return TooManyRuns() if self.runs > self.limits.agent_runs else self.model_call(0)

    def model_call(self, under_way: int) -> LimitReached | None:
        """Say whether another model call may be made, where the run that makes it has cost this much."""
        most = self.limits.tokens
        return TooManyTokens() if most is not None and self.tokens + under_way >= most else None
