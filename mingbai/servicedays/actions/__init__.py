"""All that writes about service days, one file per concept; called as `needs.take_down_needs(by=…, …)`."""
