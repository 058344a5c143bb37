"""Many documents: what goes in, the flow between, and the rows that come out, which are the journal too."""
