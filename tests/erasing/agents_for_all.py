"""The demo, which answers at once, with an action that is taken once and a model that comes to no end."""

from dataclasses import replace

from app.assistant import Action, SelectableModel
from app.assistant.demo import demo_assistant
from app.assistant.demo.model import DemoModel
from app.assistant.demo.shop import ACTIONS, order

SLOW = "slow"

_demo = demo_assistant(word_seconds=0)
assistant = replace(
    _demo,
    actions={**ACTIONS, "demo.order": Action(order, once=True)},
    selectable_models=(
        *_demo.selectable_models,
        SelectableModel(SLOW, "Slow", model=DemoModel(60, SLOW)),
    ),
)
