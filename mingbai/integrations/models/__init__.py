"""The edges' own tables: delivery and mapping only."""

from mingbai.integrations.models.ledgers import LedgerRow
from mingbai.integrations.models.wechat import BindCode, Follower, WeChatMessage

__all__ = ["BindCode", "Follower", "LedgerRow", "WeChatMessage"]
