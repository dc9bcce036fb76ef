"""Whether texts can be compared by their meaning."""

from connect.doctor import Fault, examines, first_line
from engine.encoders import encoders_of
from matching.vectors import ENCODERS

WORDS = ["Emptying pit latrines", "Vider les fosses des latrines"]


@examines("encoders")
def examine_encoders():
    for encoder in encoders_of(ENCODERS).values():
        try:
            vectors = encoder.encode(WORDS)
        except (OSError, ValueError) as error:
            yield Fault(
                f"The encoder {encoder.version} does not answer: {first_line(error)}",
                "Offers are compared by themes and words alone; rankings wait or are worse.",
                "See that EMBEDDINGS_URL, EMBEDDINGS_MODEL and EMBEDDINGS_KEY are those of the"
                " service, and that this machine may reach it; or unset them.",
            )
            continue
        if not (vectors[0] @ vectors[1] > 0):
            yield Fault(
                f"The encoder {encoder.version} finds nothing alike in the same words of two"
                " languages.",
                "Rankings are no better than chance.",
                "Name a model of many languages in EMBEDDINGS_MODEL, or unset EMBEDDINGS_URL.",
            )
