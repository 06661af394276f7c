"""Every limit in one place, each with its reason.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

# One spec. tomllib needs 137 s for a hostile line of 100 kB; tomli refuses it, this refuses it sooner.
SPEC_BYTES = 256 * 1024
# DTCG token files are exports of whole brands and larger than specs.
TOKENS_BYTES = 4 * 1024 * 1024
# Nesting of a spec's tables. No key of the language is deeper than five.
SPEC_DEPTH = 16
# JSON readers of other languages lose integers above this.
SPEC_INTEGER = 2**53
# Folders between specs/ and a spec; `extends` chains; aliases between tokens.
CHAIN = 32
# Cells of one spec's matrix: 10 000 outputs from one file is a typing mistake.
MATRIX_CELLS = 2_000

# A foreign picture's file. imgproxy has none; 64 MiB is a 40 MP PNG of noise.
PICTURE_BYTES = 64 * 1024 * 1024
# Pixels of a decoded picture, frames summed. Pillow warns at 89 MP and stops at 179 MP: 1.3 GiB by then.
PICTURE_PIXELS = 40_000_000
# Either side. resvg and vtracer abort the interpreter on absurd sizes instead of raising.
PICTURE_SIDE = 16_384
# An SVG's text, elements and nesting: resvg overflows the stack at 400 nested groups.
SVG_BYTES = 8 * 1024 * 1024
SVG_ELEMENTS = 20_000
SVG_DEPTH = 100
# Pixels that vtracer is given; it needs up to 60 times longer on noise than on flat art.
TRACE_PIXELS = 2_000_000

# What a picture has written inside: one text (workflows of ComfyUI reach 1 MB), all of them, their number,
# and the chunks or segments that are looked at. A 40 MP PNG has some 5000 chunks at the most.
TEXT_LENGTH = 8 * 1024 * 1024
TEXTS_LENGTH = 16 * 1024 * 1024
TEXTS = 256
PIECES = 100_000

# One part of a path, in bytes of UTF-8: ext4, APFS and NTFS end at 255, and a suffix may follow.
PATH_PART = 200

# A worker: address space, CPU seconds per job, wall seconds per job, size of a file it may write.
WORKER_MEMORY = 4 * 1024**3
WORKER_CPU_SECONDS = 120
WORKER_WALL_SECONDS = 300
WORKER_FILE_BYTES = 1024**3
# What one job may bring; the build holds it in memory.
WORKER_ANSWER_BYTES = 1024**3
# A worker makes room for a fresh one after so many jobs, or when it holds so much: leaks stay small.
WORKER_JOBS = 500
WORKER_KEEP_BYTES = 2 * 1024**3

# A service's answer that is not a picture: ten pictures in base64 fit.
ANSWER_BYTES = 128 * 1024 * 1024
# One message of a WebSocket: previews of running jobs are pictures.
MESSAGE_BYTES = 16 * 1024 * 1024
REDIRECTS = 3
# One call from its first byte to its last, however slowly a service sends.
CALL_SECONDS = 300.0
# A paid call is tried again only where it surely was not taken up; so often.
PAID_ATTEMPTS = 4
# A service that asks to wait longer than this is not waited for.
RETRY_AFTER_SECONDS = 120
# A paid job that has not ended after this is left to `tympan resume`.
JOB_SECONDS = 900
# Requests that one grid may stand for: more is a mistake in a price, not a comparison.
GRID_CELLS = 64

# A decisions file that comes back from a sheet: its bytes, its decisions, what the sheet showed, one text and
# one name. 10 000 decisions with a sentence each are some 4 MB.
DECISIONS_BYTES = 8 * 1024 * 1024
DECISIONS_AT_ONCE = 20_000
SHOWN_AT_ONCE = 20_000
DECISION_TEXT = 4_000
DECISION_NAME = 100

# Bytes up to which a row in the store's index is cheaper than a file: one write less, no block of slack.
SMALL = 32 * 1024
# Bytes of a paid call's answer that its line of the ledger has in it: services answer with an id and a price,
# and a file of its own costs two flushes.
SAID = 4 * 1024
# A file that changed this many nanoseconds before it was read may change again within one tick of its time
# stamp (4 ms on Linux) and look the same: its digest is used but not remembered, as git does.
RACY_NS = 20_000_000
