"""Orders and endpoints: the only code that writes them."""

from mingbai.integrations.partners.actions.endpoints import (
    EndpointTerms,
    end_endpoint,
    make_endpoint,
    new_secret,
    queue,
    resend,
    retire_key,
    set_state_name,
)
from mingbai.integrations.partners.actions.orders import Said, give, hear, say, take_in

__all__ = [
    "Said",
    "EndpointTerms",
    "end_endpoint",
    "give",
    "hear",
    "make_endpoint",
    "new_secret",
    "queue",
    "resend",
    "retire_key",
    "say",
    "set_state_name",
    "take_in",
]
