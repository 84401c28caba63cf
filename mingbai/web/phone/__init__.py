"""What waits on a phone while there is no network: sent, put right, and the script for it."""
