"""A judge of pyiqa's Q-ReAlign family with random weights, some 20,000 parameters in all.

Config, network, tokenizer and image processor, as transformers saves them in a repository.
"""

from pathlib import Path

import torch

_LEVELS = ("excellent", "good", "fair", "poor", "bad")
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ c['text'] }}{% endif %}{% endfor %}<|im_end|>{% endfor %}"
)
_SPECIAL = ["<|im_start|>", "<|im_end|>"]
_SPECIAL += ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]


def save_tiny(folder: Path) -> None:
    """Save the judge into an empty folder."""
    from transformers import Qwen2Tokenizer
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import Qwen2VLImageProcessor
    from transformers.models.qwen3_5 import Qwen3_5Config, Qwen3_5ForConditionalGeneration
    from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor
    from transformers.models.qwen3_vl.video_processing_qwen3_vl import Qwen3VLVideoProcessor

    tokenizer = Qwen2Tokenizer(*_vocabulary(_LEVELS))
    tokenizer.add_special_tokens({"additional_special_tokens": _SPECIAL})
    images = Qwen2VLImageProcessor(patch_size=4, merge_size=2, min_pixels=64, max_pixels=256)
    Qwen3VLProcessor(
        images, tokenizer, video_processor=Qwen3VLVideoProcessor(), chat_template=_TEMPLATE
    ).save_pretrained(folder)
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "layer_types": ["full_attention"],
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
    }
    vision = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "patch_size": 4,
        "out_hidden_size": 16,
        "num_position_embeddings": 16,
    }
    *_, start, end, image, video = tokenizer.convert_tokens_to_ids(_SPECIAL)
    config = Qwen3_5Config(
        text_config=text,
        vision_config=vision,
        vision_start_token_id=start,
        vision_end_token_id=end,
        image_token_id=image,
        video_token_id=video,
    )
    torch.manual_seed(5)
    Qwen3_5ForConditionalGeneration(config).save_pretrained(folder)


def _vocabulary(words: tuple[str, ...]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Bytes, and each word after a space as one token."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    tokens, merges = list(bytes_to_unicode().values()), []
    for word in words:
        built = "Ġ"
        for letter in word:
            if (built, letter) not in merges:
                merges.append((built, letter))
                tokens.append(built + letter)
            built += letter
    return {token: index for index, token in enumerate(tokens)}, merges
