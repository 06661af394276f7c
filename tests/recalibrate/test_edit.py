"""One value of a spec's text, and nothing else."""

from __future__ import annotations

import pytest

from tympan.recalibrate.edit import with_value

MODEL = ("source", "model")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            '[source] # why\nmodel   =  "a"  # pinned\nx = 1\n',
            '[source] # why\nmodel   =  "b"  # pinned\nx = 1\n',
        ),
        ("source = { model = 'a', seed = 1 } # c\n", 'source = { model = "b", seed = 1 } # c\n'),
        ("source.model = 'a'\n", 'source.model = "b"\n'),
        (
            '[source]\ngenerator = "g" # it\nseed = 1\n',
            '[source]\ngenerator = "g" # it\nmodel = "b"\nseed = 1\n',
        ),
        ("[source]\n  seed = 1\n", '[source]\n  model = "b"\n  seed = 1\n'),
        ("[source]\n# nothing yet\n[prep]\n", '[source]\nmodel = "b"\n# nothing yet\n[prep]\n'),
        ("source = { seed = 1 }\n", 'source = { model = "b", seed = 1 }\n'),
        ("source.seed = 1\n", 'source.model = "b"\nsource.seed = 1\n'),
        ('subject = "x"\n', 'subject = "x"\n\n[source]\nmodel = "b"\n'),
        ('subject = "x"', 'subject = "x"\n\n[source]\nmodel = "b"\n'),
        ("", '[source]\nmodel = "b"\n'),
        ("[source.options]\nx = 1\n", '[source.options]\nx = 1\n\n[source]\nmodel = "b"\n'),
        ('[source]\r\nmodel = "a"\r\n', '[source]\r\nmodel = "b"\r\n'),
        ("[source]\r\nseed = 1\r\n", '[source]\r\nmodel = "b"\r\nseed = 1\r\n'),
        ('\ufeff[source]\nmodel = "a"\n', '\ufeff[source]\nmodel = "b"\n'),
    ],
)
def test_every_other_byte_stays(text: str, wanted: str) -> None:
    assert with_value(text, MODEL, "b") == wanted


def test_a_refinement_is_found_by_its_number() -> None:
    text = '[[refine]]\nprompt = "x"\n[[refine]]\nprompt = "y" # second\n'
    made = with_value(text, ("refine", 1, "model"), "b")
    assert made == '[[refine]]\nprompt = "x"\n[[refine]]\nmodel = "b"\nprompt = "y" # second\n'
    assert with_value(made, ("refine", 1, "model"), "c") == made.replace('"b"', '"c"')


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[source]\noptions.kind = 1\n", "[source]\noptions.soft = 4.5\noptions.kind = 1\n"),
        ("[source.options]\nkind = 1\n", "[source.options]\nsoft = 4.5\nkind = 1\n"),
        ("[source]\nseed = 1\n", "[source]\noptions.soft = 4.5\nseed = 1\n"),
        ("[source]\noptions = { kind = 1 }\n", "[source]\noptions = { soft = 4.5, kind = 1 }\n"),
        ("[source]\noptions.soft = 1 # c\n", "[source]\noptions.soft = 4.5 # c\n"),
    ],
)
def test_options_are_set_where_options_stand(text: str, wanted: str) -> None:
    assert with_value(text, ("source", "options", "soft"), 4.5) == wanted


@pytest.mark.parametrize(
    "text", ['[source]\nmodel = { en = "a" }\n', "[source]\nmodel = ['a']\n", "source = {}\n"]
)
def test_what_cannot_be_set_alone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="model"):
        with_value(text, MODEL, "b")
