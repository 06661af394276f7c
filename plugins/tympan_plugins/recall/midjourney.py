"""Pictures of Midjourney: the description in the file, or at least the Job ID in its name.

Reads nothing. Writes nothing. Source: files of the website's Download button: PNG texts Description (prompt,
then `Job ID: ...`), Author, Creation Time, and XMP with DigImageGUID.
"""

from __future__ import annotations

from collections.abc import Mapping

from tympan import Params, Recalled, Recaller
from tympan_plugins.generators.midjourney.claims import JOB_ID, described, named, version_of
from tympan_plugins.generators.midjourney.grammar import Prompt, parse, values


class MidjourneyFiles(Recaller[Params]):
    """`Description` with a Job ID, `DigImageGUID` beside a Midjourney author, or a download's file name."""

    NAME = "midjourney"
    ORDER = 10

    def recall(self, chunks: Mapping[str, str], name: str) -> Recalled | None:
        """The prompt without parameters, the parameters as options, version, seed, Job ID, index."""
        text, job = described(chunks)
        job_named, index = named(name)
        guid = chunks.get("xmp.DigImageGUID", "").lower()
        if not text:
            # An agency's picture has a DigImageGUID as well: alone it says nothing.
            return Recalled(tool="midjourney", job=job_named, index=index) if job_named else None
        prompt = parse(text)
        job = job or (guid if JOB_ID.fullmatch(guid) else "")
        seed = prompt.params.get("seed", "")
        return Recalled(
            tool="midjourney",
            prompt=" ".join([*prompt.images, prompt.text]).strip(),
            negative_prompt=prompt.params.get("no", ""),
            model=version_of(prompt),
            seed=int(seed) if seed.isdigit() and len(seed) <= 10 else None,
            job=job,
            # A name that tells of another job was given by a person: its index counts for nothing.
            index=index if job_named in ("", job) else None,
            options=values(Prompt((), "", prompt.params)) | {"job_ids": [job]},
        )
