"""Judges that are language models: whether their answer has a number in it.

Such a judge is asked for the quality of an image, and pyiqa makes a number of the probabilities of
five words ("excellent" to "bad") as the next one (Wu et al. 2023, Q-Align). These five always give
a number, also where the model would say something else. What it says at temperature 0 is the
likeliest of all words: where that is none of the five, no number can be read.
"""

from typing import Any

from torch import nn


def refuse_other_words(network: nn.Module) -> None:
    """Let a network of pyiqa raise ValueError where its language model answers with no level.

    Any other network stays as it is.
    """
    model = getattr(network, "model", None)
    ids = getattr(network, "level_ids", None)
    if ids is None:
        ids = getattr(model, "preferential_ids_", None)
    if ids is None or not isinstance(model, nn.Module):
        return
    levels = {int(one) for one in ids}

    def check(_module: nn.Module, _inputs: Any, output: Any) -> None:
        said = output["logits"][:, -1].argmax(dim=-1)
        if not levels.issuperset(said.tolist()):
            raise ValueError("no number can be read: the answer is none of the words for a level")

    model.register_forward_hook(check)
