"""The engine that asks a model: any OpenAI-compatible endpoint, answers by reference, constrained, cached and counted."""
