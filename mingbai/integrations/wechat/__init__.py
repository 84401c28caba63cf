"""The bureau's official account on WeChat (微信公众号)."""
