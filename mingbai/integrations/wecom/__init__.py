"""WeCom group robots (企业微信群机器人)."""
