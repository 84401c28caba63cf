"""The official account: its gate, the ask page that opens in it, and what waits for a person."""
