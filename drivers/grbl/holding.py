"""A pause of the mill and its end, followed by what it reports."""

from drivers.grbl import codes, phases
from drivers.grbl import events as tell
from drivers.grbl.events import Event
from drivers.grbl.helm import Helm
from drivers.grbl.phases import Phase
from drivers.grbl.replies import Status


class Holding:
    """Between a door that opens and a mill that runs again."""

    def __init__(self, helm: Helm) -> None:
        self._helm = helm
        self._resume_sent = False

    def resume(self, now_s: float) -> None:
        """Go on as soon as the machine says that it may."""
        self._helm.lookout.look(now_s)
        self._resume_sent = False
        self._helm.enter(Phase.RESUMING, now_s + phases.RESUME_S)

    def watch(self, status: Status, now_s: float) -> list[Event]:
        """Take a report."""
        if not self._helm.lookout.fresh:
            return []
        if self._helm.phase is Phase.RESUMING:
            return self._watch_resume(status, now_s)
        is_paused = self._helm.phase is Phase.PAUSED
        if status.state != "Door" or (is_paused and not status.held):
            return self._helm.open_door(now_s)
        if is_paused or not status.held:
            return []
        self._helm.enter(Phase.PAUSED)
        return [tell.Paused(codes.explain_pause(status))]

    def _watch_resume(self, status: Status, now_s: float) -> list[Event]:
        """`~` goes out once, only on a fresh report that it will be obeyed."""
        if not self._resume_sent and status.may_resume:
            self._resume_sent = True
            self._helm.go_on(now_s)
        elif not self._resume_sent and status.held:
            self._helm.enter(Phase.PAUSED)
            return [tell.ResumeRefused("The door of the mill is open: close it first.")]
        elif self._resume_sent and status.state in {"Run", "Idle"}:
            self._helm.lookout.stir(now_s)
            self._helm.enter(Phase.RUNNING)
            return [tell.Resumed()]
        return []
