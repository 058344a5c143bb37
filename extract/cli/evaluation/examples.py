"""What stands below the help of each command."""

from __future__ import annotations

_CODES = "[bold]Exit codes[/bold]: 0 fine, 1 {one}, 2 wrong use, 130 Ctrl-C."

RUNNING = f"""[bold]Examples[/bold]

extract eval run job_posting --engine rules

extract eval run job_posting --model gpt-5.4-mini --prompt v1 --prompt v2 --repeats 3 --dry-run

extract eval run postings.jsonl --engine rules --model gpt-5.4-mini --prompt drafts/v3.md --max-cost 2 -o runs

{_CODES.format(one="the run was stopped before its end")} A run that was stopped goes on with the same command.
"""

COMPARING = f"""[bold]Examples[/bold]

extract eval compare runs/postings.gpt-5.4-mini.v1.jsonl runs/postings.gpt-5.4-mini.v2.jsonl

extract eval compare --aa runs/postings.gpt-5.4-mini.v1.jsonl

extract eval show runs/*.jsonl --fields

extract eval report runs/postings.*.jsonl -o report.html

extract eval rescore runs/postings.*.jsonl --suite postings.jsonl

{_CODES.format(one="a run could not be read or written")}
"""

GATING = f"""[bold]Examples[/bold]

extract eval baseline runs/job_posting.rules.jsonl -o evals/baselines/job_posting.rules.json --min-valid 1

extract eval gate --baseline evals/baselines/job_posting.rules.json --junit gate.xml --markdown gate.md

extract eval gate runs/postings.gpt-5.4-mini.v2.jsonl --baseline baselines/postings.json

{_CODES.format(one="the gate is shut, or the run was stopped")}
"""

GOLD = f"""[bold]Examples[/bold]

extract eval check

extract eval check postings.jsonl --schema job_posting

extract eval new posting.html -o gold

extract eval new invoice.pdf --schema invoice --model gpt-5.4-mini -o gold --name acme_2026

{_CODES.format(one="something is wrong with the gold, or the document failed")}
"""
