"""A tiny LLaMA model with random weights, as a file in the format GGUF, version 3 (little-endian).

The weights are random, except that four directions of the residual stream are reserved for a prior of the next token that is
written by hand. Without a grammar the model prints gibberish. Under one, the prior makes it fill the structure and come to an
end: strings close after a few words, numbers and lists stay short, control characters are rare, and a tool is called wherever
tools are offered.
"""

from __future__ import annotations

import math
import random
import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Matrix = list[list[float]]
Vector = list[float]
Metadata = Mapping[str, bool | int | float | str | Sequence[str] | Sequence[int]]

WORDS = (
    "the and of for in with to our you your team role work data research engineer senior intern remote Paris London "
    "product design build experience degree skills pay"
).split()
CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TAGS = ("<tool_call>", "</tool_call>")
CHAT_TEMPLATE = """
{%- if tools %}
    {{- '<|im_start|>system\\nTools:' }}
    {%- for tool in tools %}
        {{- '\\n' }}{{ tool | tojson }}
    {%- endfor %}
    {{- '\\nAnswer with <tool_call>{"name": <name>, "arguments": <object>}</tool_call><|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' }}
    {%- if message.content %}
        {{- message.content }}
    {%- endif %}
    {%- if message.tool_calls %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<tool_call>{"name": "' + call.name + '", "arguments": ' }}
        {{- call.arguments | tojson }}{{ '}</tool_call>' }}
    {%- endif %}
    {{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' if tools else '<|im_start|>assistant ' }}
{%- endif %}
""".strip()
"""ChatML, with one call of a tool per answer. Only a prompt that offers tools ends in a line feed: the cue to begin a call."""

DIM, HIDDEN, CONTEXT = 64, 128, 1 << 17
ALWAYS, AFTER_FEED, AFTER_WORD, AFTER_QUOTE = RESERVED = range(4)
CARRIER, FLAG = 8.0, 4.0  # values of the reserved directions in the embedding
ALIGNMENT = 32


def write_model(path: Path) -> None:
    """The model as a file, the same bytes every time."""
    vocabulary = Vocabulary()
    metadata: Metadata = {
        "general.architecture": "llama",
        "general.name": "tiny-random",
        "llama.vocab_size": len(vocabulary.tokens),
        "llama.context_length": CONTEXT,
        "llama.embedding_length": DIM,
        "llama.block_count": 1,
        "llama.feed_forward_length": HIDDEN,
        "llama.attention.head_count": 1,
        "llama.attention.head_count_kv": 1,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": DIM,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": vocabulary.tokens,
        "tokenizer.ggml.token_type": vocabulary.types,
        "tokenizer.ggml.merges": vocabulary.merges,
        "tokenizer.ggml.bos_token_id": vocabulary.tokens.index("<|endoftext|>"),
        "tokenizer.ggml.eos_token_id": vocabulary.tokens.index("<|im_end|>"),
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHAT_TEMPLATE,
    }
    path.write_bytes(_file(metadata, _tensors(vocabulary)))


class Vocabulary:
    """256 bytes, the words with the merges that build them, and a few special tokens."""

    def __init__(self) -> None:
        printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
        others = iter(range(256, 512))  # in byte-level BPE, what cannot be printed has a stand-in
        alphabet = [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]
        self.tokens = list(alphabet)
        self.merges: list[str] = []
        self.words: list[int] = []
        for word in WORDS:
            left, *rest = (alphabet[byte] for byte in f" {word}".encode())
            for piece in rest:
                if left + piece not in self.tokens:
                    self.merges.append(f"{left} {piece}")
                    self.tokens.append(left + piece)
                left += piece
            self.words.append(self.tokens.index(left))
        self.plain = len(self.tokens)
        self.tokens += CONTROLS + TAGS
        self.types = [1] * self.plain + [3] * len(CONTROLS) + [4] * len(TAGS)


def _priors(vocabulary: Vocabulary) -> Matrix:
    """Logits of each next token, one list per reserved direction."""
    table = [[0.0] * len(vocabulary.tokens) for _ in RESERVED]

    def put(direction: int, tokens: Iterable[int], logit: float) -> None:
        for token in tokens:
            table[direction][token] = logit

    end, call = vocabulary.tokens.index("<|im_end|>"), vocabulary.tokens.index("<tool_call>")
    put(ALWAYS, range(len(vocabulary.tokens)), -12.0)
    put(ALWAYS, range(32, 127), -1.0)
    put(ALWAYS, range(256, vocabulary.plain), -6.0)  # pieces of words
    put(ALWAYS, vocabulary.words, 1.0)
    put(ALWAYS, b"012456789", 0.0)
    put(ALWAYS, b"3", -5.0)  # so that few dates name a day that does not exist
    put(ALWAYS, b"eE-+", -2.5)  # small exponents, few negative numbers
    put(ALWAYS, b"`\\ <", -6.0)
    # The order decides what a greedy answer looks like: lists hold one entry, nothing nests or goes on for ever.
    put(ALWAYS, b'"', 3.0)
    put(ALWAYS, b"]", 2.3)
    put(ALWAYS, b"}", 2.1)
    put(ALWAYS, b"n", 2.0)  # null
    put(ALWAYS, b"{[", 1.8)
    put(ALWAYS, b",", 1.6)
    put(ALWAYS, [end], 2.0)
    put(AFTER_FEED, [call], 24.0)
    put(AFTER_WORD, range(32, 127), -4.0)
    put(AFTER_WORD, b'"', 0.5)
    put(AFTER_QUOTE, vocabulary.words, 2.0)
    put(AFTER_QUOTE, b'"', -3.0)
    put(AFTER_QUOTE, [end], 2.5)
    return table


def _tensors(vocabulary: Vocabulary) -> Mapping[str, Matrix | Vector]:
    chance = random.Random(0)  # noqa: S311  # weights are no secret

    def noise(rows: int, columns: int, scale: float = 0.06) -> Matrix:
        return [[chance.gauss(0.0, scale) for _ in range(columns)] for _ in range(rows)]

    def into_residual(columns: int) -> Matrix:
        """Leaves the reserved directions as the embedding set them."""
        return [[0.0] * columns for _ in RESERVED] + noise(DIM, columns)[len(RESERVED) :]

    embedding = noise(len(vocabulary.tokens), DIM, 0.3)
    for row in embedding:
        row[: len(RESERVED)] = [CARRIER, 0.0, 0.0, 0.0]
    embedding[ord("\n")][AFTER_FEED] = FLAG
    embedding[ord('"')][AFTER_QUOTE] = FLAG
    for word in vocabulary.words:
        embedding[word][AFTER_WORD] = FLAG
    # The last RMSNorm scales the residual: undone here, so that the priors are logits.
    carrier, flag = CARRIER / _norm(embedding[ord("a")]), FLAG / _norm(embedding[ord('"')])
    output = noise(len(vocabulary.tokens), DIM, 0.05)
    for direction, logits in enumerate(_priors(vocabulary)):
        for row, logit in zip(output, logits, strict=True):
            row[direction] = logit / (carrier if direction == ALWAYS else flag)
    return {
        "token_embd.weight": embedding,
        "output_norm.weight": [1.0] * DIM,
        "output.weight": output,
        "blk.0.attn_norm.weight": [1.0] * DIM,
        "blk.0.attn_q.weight": noise(DIM, DIM),
        "blk.0.attn_k.weight": noise(DIM, DIM),
        "blk.0.attn_v.weight": noise(DIM, DIM),
        "blk.0.attn_output.weight": into_residual(DIM),
        "blk.0.ffn_norm.weight": [1.0] * DIM,
        "blk.0.ffn_gate.weight": noise(HIDDEN, DIM),
        "blk.0.ffn_up.weight": noise(HIDDEN, DIM),
        "blk.0.ffn_down.weight": into_residual(HIDDEN),
    }


def _norm(row: Vector) -> float:
    return math.sqrt(sum(value * value for value in row) / len(row))


def _file(metadata: Metadata, tensors: Mapping[str, Matrix | Vector]) -> bytes:
    """Header, pairs of key and value, what tensors there are, and their numbers, aligned."""
    infos, data = b"", b""
    for name, tensor in tensors.items():
        rows = [row for row in tensor if isinstance(row, list)]
        flat = array("f", [number for row in rows for number in row] or [row for row in tensor if isinstance(row, float)])
        shape = (len(flat) // len(rows), len(rows)) if rows else (len(flat),)
        infos += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += flat.tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    head += b"".join(_text(key) + _value(value) for key, value in metadata.items()) + infos
    return head + bytes(-len(head) % ALIGNMENT) + data


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: bool | float | str | Sequence[str] | Sequence[int]) -> bytes:
    """A value behind the number of its type."""
    match value:
        case bool():
            return struct.pack("<I?", 7, value)
        case int():
            return struct.pack("<II", 4, value)
        case float():
            return struct.pack("<If", 6, value)
        case str():
            return struct.pack("<I", 8) + _text(value)
        case _ if isinstance(value[0], str):
            return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(_text(str(item)) for item in value)
        case _:
            return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
