"""Tool calls and hand-offs: a task in the workflow for each, with a start and an end.

Hosted tools run at the provider and end with their item. Local ones end with their output, wherever that
comes from; it is matched by call id. A task says what is done in words a person understands: of what goes in
and comes out it shows what `hosted.py` and the integrator's own titles say, and nothing else.
"""

from collections.abc import Mapping
from typing import NamedTuple

from chatkit.icons import IconName
from chatkit.types import CustomTask

from app.assistant.activity import Activities
from app.turns.mapper.hosted import Status, drawing_of
from app.turns.mapper.naming import Naming
from app.turns.mapper.outcomes import OUTPUTS, call_id_of, outcome_of
from app.turns.mapper.raw import field
from app.turns.mapper.text import headline
from app.turns.mapper.wording import Wording, Words
from app.turns.mapper.workflow import Place, Workflows


class _Call(NamedTuple):
    place: Place
    words: Words


class Tools:
    """The tool calls of a run. `activities` says how they are shown, by the tool's name."""

    def __init__(self, workflows: Workflows, wording: Wording, activities: Activities) -> None:
        self._workflows = workflows
        self._wording = wording
        self._naming = Naming(wording, activities)
        self._machines: Mapping[str, tuple[Words, IconName]] = {
            "computer_call": (wording.computer.filled(), "desktop"),
            "local_shell_call": (wording.command.filled(), "desktop"),
            "shell_call": (wording.command.filled(), "desktop"),
            "apply_patch_call": (wording.patch.filled(), "document"),
            "program": (wording.code.filled(), "square-code"),
        }
        self._hosted: dict[int, Place] = {}
        self._local: dict[str, _Call] = {}
        self._returned: set[str] = set()
        self._requests: dict[str, Words] = {}

    def begin_response(self) -> None:
        """Forget the places of the response before. Local calls go on: outputs come between responses."""
        self._hosted.clear()
        self._returned.clear()

    def item_added(self, place: int, item: object) -> None:
        """The model begins a call; `place` is its `output_index`."""
        if not self._draw(place, item, "loading") and not self._naming.waits(item):
            self.called(item)

    def item_done(self, place: int, item: object) -> None:
        """The model's item is complete. For a hosted tool that is the end of the call."""
        if self._draw(place, item, "complete"):
            return
        if field(item, "type") in OUTPUTS:
            self.returned(item)
        else:
            self.called(item)

    def called(self, item: object, own_title: str | None = None) -> None:
        """A local tool was called. Said more than once of one call; `own_title` is the tool's, once known."""
        words, call_id = self._words(item, own_title), call_id_of(item)
        # The SDK tells of a call that the provider has answered itself after its output.
        if words is None or call_id is None or call_id in self._returned:
            return
        call = self._local.get(call_id)
        if call is None:
            task = CustomTask(title=words.running, icon=self._icon(item), status_indicator="loading")
            self._local[call_id] = _Call(self._workflows.add(task), words)
        elif own_title or self._naming.names(item):
            # Now more is known of it: the tool's own title, or the arguments.
            self._change(call.place, words.running)
            self._local[call_id] = _Call(call.place, words)

    def returned(self, output: object) -> None:
        """A call has its output, from a tool that runs here or from the provider."""
        call_id = call_id_of(output)
        call = self._local.pop(call_id, None) if call_id else None
        if call is not None and call_id is not None:
            self._returned.add(call_id)
            self._change(call.place, call.words.at(outcome_of(output)), done=True)

    def handed_over(self, output: object, agent_name: object) -> None:
        """Another agent goes on."""
        call = self._local.pop(call_id_of(output) or "", None)
        if call is not None:
            name = headline(agent_name) if isinstance(agent_name, str) else ""
            title = self._wording.handed_over.format(agent=name) if name else call.words.done
            self._change(call.place, title, done=True)

    def asked(self, request: object) -> None:
        """The provider asks whether a call of an MCP server's tool may be made."""
        request_id, words = field(request, "id"), self._naming.of_call(request)
        if isinstance(request_id, str) and words is not None and not self._naming.hides(request):
            self._requests[request_id] = words

    def decided(self, response: object) -> None:
        """A call that may be made is shown when it is made; one that may not, now."""
        words = self._requests.pop(str(field(response, "approval_request_id")), None)
        if words is not None and field(response, "approve") is False:
            self._workflows.add(
                CustomTask(title=words.at("rejected"), icon="bolt", status_indicator="complete")
            )

    def _draw(self, place: int, item: object, status: Status) -> bool:
        """Show a hosted tool's call as it stands; False if `item` is none."""
        if (draw := drawing_of(item)) is None:
            return False
        if not self._naming.hides(item):
            task = draw(item, status, self._naming)
            if place in self._hosted:
                self._workflows.update(self._hosted[place], task)
            else:
                self._hosted[place] = self._workflows.add(task)
        return True

    def _change(self, place: Place, title: str, *, done: bool = False) -> None:
        task = place.workflow.tasks[place.position]
        status = {"status_indicator": "complete"} if done else {}
        self._workflows.update(place, task.model_copy(update={"title": headline(title), **status}))

    def _words(self, item: object, own_title: str | None) -> Words | None:
        kind = field(item, "type")
        if self._naming.hides(item):
            return None
        if kind in ("function_call", "custom_tool_call"):
            return self._naming.of_call(item, own_title)
        machine = self._machines.get(kind)
        return self._naming.of_kind(item, machine[0]) if machine else None

    def _icon(self, item: object) -> IconName | None:
        machine = self._machines.get(field(item, "type"))
        return self._naming.icon(item, machine[1] if machine else "bolt")
