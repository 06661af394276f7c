"""The reference page of `sketch` names what there is.

Reads docs/reference/generators/sketch.md. Writes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from tympan_plugins.generators.sketch import lexicon
from tympan_plugins.generators.sketch.generator import OPERATIONS, SketchParams
from tympan_plugins.generators.sketch.style import MODELS, PACKS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "generators" / "sketch.md"


def test_the_page_names_every_word_model_pack_and_option() -> None:
    page = PAGE.read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z0-9-]+", page))
    nouns = {*lexicon.NOUNS, *lexicon.PLACES} - {"books", "wave"}
    assert nouns - words == set()
    assert {*MODELS, *PACKS, *SketchParams.__struct_fields__} - words == set()
    assert {o for o in OPERATIONS if o} - words <= {"variation", "remaster"}
