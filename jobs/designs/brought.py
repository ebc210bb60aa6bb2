"""What a shape is made from besides its settings: a drawing, a mind map, or nothing."""

from dataclasses import dataclass
from typing import Final

from jobs.cam.drawing import Drawing
from jobs.designs.topics import Topic
from jobs.errors import DesignRefusedError, Sentence


@dataclass(frozen=True, slots=True)
class Brought:
    """What was drawn or written elsewhere, already read."""

    drawing: Drawing | None = None
    mind_map: Topic | None = None

    def needed_drawing(self) -> Drawing:
        """The drawing of a shape that is nothing without it.

        Raises:
            DesignRefusedError: nothing was drawn.
        """
        if self.drawing is None:
            raise DesignRefusedError(
                "no-drawing", Sentence("Dessine d'abord quelque chose.", "Draw something first.")
            )
        return self.drawing

    def needed_mind_map(self) -> Topic:
        """The mind map of a shape that is nothing without it.

        Raises:
            DesignRefusedError: there is none.
        """
        if self.mind_map is None:
            raise DesignRefusedError(
                "no-mind-map", Sentence("Apporte d'abord une carte mentale.", "Bring a mind map first.")
            )
        return self.mind_map

    def refuse_nothing(self, words: str) -> None:
        """Accept a shape that has words, a drawing or both.

        Raises:
            DesignRefusedError: it has neither.
        """
        if not words and self.drawing is None:
            raise DesignRefusedError(
                "no-drawing", Sentence("Écris ou dessine quelque chose.", "Write or draw something.")
            )


NOTHING: Final = Brought()
