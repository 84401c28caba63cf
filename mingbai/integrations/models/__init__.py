"""The edges' own tables: delivery and mapping only."""

from mingbai.integrations.models.ledgers import LedgerRow
from mingbai.integrations.models.partners import (
    Delivery,
    Endpoint,
    EndpointKey,
    Exchange,
    Order,
    StateName,
)
from mingbai.integrations.models.records import ExternalCode, RecordSet, SetState
from mingbai.integrations.models.wechat import BindCode, Follower, WeChatMessage

__all__ = [
    "BindCode",
    "Delivery",
    "Endpoint",
    "EndpointKey",
    "Exchange",
    "ExternalCode",
    "Follower",
    "LedgerRow",
    "Order",
    "RecordSet",
    "SetState",
    "StateName",
    "WeChatMessage",
]
