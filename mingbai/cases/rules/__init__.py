"""The pure rules of the trunk: states, routing, clocks, intake. No ORM, no clock of the machine."""
