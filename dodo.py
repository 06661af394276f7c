"""doit's door to tympan: `doit` builds every asset, `doit icon:home:svg` one, `doit list` names them all."""

from tympan.cli.dodo import DOIT_CONFIG, task_assets  # noqa: F401
