"""The token of the registers that processes keep in memory."""

import secrets

from mingbai.core.actor import Actor
from mingbai.places.models import Revision
from mingbai.places.queries import end_moment


def touch(*, by: Actor) -> str:
    """Give the registers a new token, so that every process reads them anew once this is committed.

    Call it last, in the transaction of the change: what is written after it may not be seen.
    """
    end_moment()
    token = secrets.token_hex(16)
    if not Revision.objects.filter(id=1).update(token=token):
        Revision.objects.create(id=1, token=token)
    return token
