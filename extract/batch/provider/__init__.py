"""Documents by way of OpenAI's Batch API: half the price, within a day, and answers in the same cache as those of any run."""
