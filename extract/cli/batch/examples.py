"""What ``extract batch --help`` shows below its options."""

from __future__ import annotations

EXAMPLES = """[bold]Examples[/bold]

extract batch jobs -o jobs.jsonl

extract batch 'jobs/**/*.html' old.zip -o jobs.parquet --report report

extract batch postings.jsonl --text-column body --id-column id -o jobs.csv

find jobs -name '*.pdf' | extract batch - -o jobs.jsonl

extract batch jobs -o jobs.jsonl --model gpt-5.4-mini --sample 50 --dry-run

extract batch jobs -o jobs.jsonl --model gpt-5.4-mini --max-cost 20 --max-failures 5%

extract batch jobs -o - | jq -r '.record.title'

[bold]The same command goes on[/bold] where it stopped, or was killed: what has a row is
not read again, unless it changed. Another prompt, schema or model is a new run:
the rows of the other one are kept beside it.

[bold]Through a provider's batch endpoint[/bold], for half the price and within a day:
extract batch submit, status, collect.

[bold]Exit codes[/bold]: 0 all have a record, 3 some failed, 1 stopped, 2 wrong use,
130 Ctrl-C.
"""

OF_THE_PROVIDER = """[bold]Examples[/bold]

extract batch submit jobs -o jobs.jsonl --model gpt-5.4-mini

extract batch status -o jobs.jsonl

extract batch collect jobs -o jobs.jsonl --model gpt-5.4-mini --wait

[bold]Exit codes[/bold]: 0 fine, 4 batches are under way (collect), 3 some documents failed (collect), 1 stopped, 2 wrong use,
130 Ctrl-C.
"""
