"""Children who called: shown to mediators on *Maintenant*, answered with one touch."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from kiosk.access.login import only_mediators
from kiosk.context import JobId, KioskHere
from kiosk.mediator.now import NOW
from onboard.control.messages import AnswerCall

router = APIRouter(dependencies=[Depends(only_mediators)])


@router.post("/mediateur/objet/{job_id}/appel")
async def go_there(request: Request, job_id: JobId, kiosk: KioskHere) -> Response:
    """A mediator goes to whoever called; the child's ticket says so."""
    await kiosk.order(AnswerCall(job=job_id), request.state.who)
    return RedirectResponse(NOW, 303)
