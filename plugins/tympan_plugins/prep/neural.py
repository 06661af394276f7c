"""Cut-outs by a neural network, through the package rembg, with weights that are already here.

Reads a weights file of REMBG_HOME. Writes numba's cache below the user's cache folder.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tympan import Picture, StepFailed, version_of
from tympan_plugins.prep import background, matte, regions
from tympan_plugins.prep.cutout import Cutout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tympan_plugins.prep.mask import MaskParams

    Floats = NDArray[np.floating[Any]]

# These upload the picture and bill for it: never in a build.
_CLOUD = ("withoutbg", "atlascloud")
# Models that take a weights file of one's own.
_CUSTOM = ("u2net_custom", "dis_custom", "ben_custom")
_LICENCES = {"bria-rmbg": "bria-nc"}


def cut(picture: Picture, params: MaskParams) -> Cutout:
    """The subject as the named model sees it; colours by our own unmixing, as rembg's are premultiplied.

    Raises StepFailed with MASK-CLOUD, MASK-LICENSE, MASK-NO-BACKEND, MASK-NO-MODEL, MASK-NO-WEIGHTS,
    MASK-HASH, MASK-MULTI or MASK-EMPTY in front.
    """
    import numpy as np

    _, model, file = f"{params.method}:".split(":")[:3]
    rgb = np.ascontiguousarray(picture.array()[..., :3])
    low, high = np.percentile(rgb.reshape(-1, 3), (0.2, 99.8), axis=0)
    if (high - low).max() < 8:
        # Models stretch what they see to 0..1: on a plain picture they find a subject all the same.
        raise StepFailed("MASK-EMPTY: the picture is one plain colour", hint="there is no subject to cut out")
    _refuse(model, file, params.accept_license)
    path = _weights(model, file)
    digest = _sha256(path, os.stat(path).st_mtime_ns)
    if params.model_sha256 and digest != params.model_sha256:
        raise StepFailed(
            f"MASK-HASH: {path} has SHA-256 {digest}, the spec wants {params.model_sha256}",
            hint="fetch the weights again, or correct mask.model_sha256",
        )
    alpha = _alpha(rgb, model, path if file else "")
    colour: Floats = rgb.astype(np.float32) / 255
    if params.decontaminate:
        colour = _colour(colour, alpha)
    some = alpha[alpha > 0.05]
    # How decided the network is: 1 where every pixel is in or out, 0 where all are halfway.
    confidence = float(np.abs(2 * some - 1).mean()) if len(some) else 0.0
    runtime = version_of("onnxruntime") or version_of("onnxruntime-gpu")
    facts = {"mask.model_sha256": digest, "mask.rembg": version_of("rembg"), "mask.onnxruntime": runtime}
    return Cutout(alpha, colour, params.method, confidence, facts)


def _refuse(model: str, file: str, accepted: str) -> None:
    """What must not or cannot run, before the heavy import."""
    from importlib.util import find_spec

    if model in _CLOUD:
        raise StepFailed(
            f"MASK-CLOUD: {model} uploads the picture and bills for it", hint="name a model that runs here"
        )
    if (licence := _LICENCES.get(model, accepted)) != accepted:
        raise StepFailed(
            f"MASK-LICENSE: the weights of {model} may not be used commercially without an agreement",
            hint=f'mask.accept_license = "{licence}" accepts that, or use rembg:birefnet-general (MIT)',
        )
    if bool(file) != (model in _CUSTOM):
        raise StepFailed(
            f"MASK-NO-MODEL: {model} {'takes no' if file else 'needs a'} weights file",
            hint=f'"rembg:{model}"' if file else f'"rembg:{model}:<file in REMBG_HOME>"',
        )
    missing = [name for name in ("rembg", "onnxruntime") if find_spec(name) is None]
    if missing:
        raise StepFailed(
            f"MASK-NO-BACKEND: {' and '.join(missing)} not installed", hint="install tympan[rembg]"
        )


@cache
def _rembg() -> Any:
    """The package, imported in the worker that needs it; a first import compiles for most of a minute."""
    from platformdirs import user_cache_dir

    os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(user_cache_dir("tympan"), "numba"))
    try:
        import rembg
        import rembg.sessions
    except (ImportError, SystemExit) as error:
        # Without a working onnxruntime rembg ends the interpreter instead of raising.
        raise StepFailed(
            f"MASK-NO-BACKEND: rembg cannot be imported ({error})", hint="install tympan[rembg]"
        ) from None
    return rembg


def _weights(model: str, file: str) -> str:
    """Where rembg would look; it is not asked itself, because it downloads what it does not find."""
    kinds = {kind.name(): kind for kind in _rembg().sessions.sessions_class}
    kind = kinds.get(model)
    if kind is None or model == "sam":
        names = ", ".join(sorted(set(kinds) - {"sam", *_CLOUD}))
        raise StepFailed(f"MASK-NO-MODEL: {model} cannot be used here", hint=f"models: {names}")
    if file:
        tried = [os.path.join(kind.rembg_home(), file)]
    else:
        name = f"{model}.onnx"
        tried = [os.path.join(kind.model_dir(), name), os.path.join(kind.legacy_home(), name)]
    for path in tried:
        if os.path.isfile(path):
            return os.path.abspath(path)
    raise StepFailed(
        f"MASK-NO-WEIGHTS: no weights of {model} at {' or '.join(tried)}",
        hint=f"put the file there; a build never downloads. `rembg d {model}` fetches the published one"
        if not file
        else "put the file there, or point REMBG_HOME to its folder",
    )


@cache
def _sha256(path: str, modified: int) -> str:
    import hashlib

    import numpy as np

    return hashlib.sha256(np.memmap(path, np.uint8, "r").data).hexdigest()


@cache
def _session(model: str, path: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    own = {"model_path": path} if path else {}
    return _rembg().new_session(model, sess_opts=options, providers=["CPUExecutionProvider"], **own)


def _alpha(rgb: NDArray[np.uint8], model: str, path: str) -> Floats:
    import numpy as np
    from PIL import Image

    image = Image.fromarray(rgb)
    try:
        with np.errstate(invalid="ignore", divide="ignore"):
            mask = _rembg().remove(image, session=_session(model, path), only_mask=True)
    except Exception as error:
        raise StepFailed(
            f"MASK-MODEL: {model} failed: {error}", hint="are these the weights of this model?"
        ) from None
    if mask.size != image.size:
        raise StepFailed(
            f"MASK-MULTI: {model} gives several masks in one picture of {mask.size[0]}x{mask.size[1]} px",
            hint="use a model with a single mask, such as rembg:birefnet-general",
        )
    return np.asarray(mask.convert("L"), np.float32) / 255


def _colour(rgb: Floats, alpha: Floats) -> Floats:
    """Foreground colour behind a foreign alpha: the background is continued from where alpha is 0."""
    import numpy as np

    outside = ~regions.grow(alpha > 0.02, 1)
    if not outside.any():
        return rgb
    surface = background.filled(rgb, outside)
    sure = regions.nearest(alpha > 0.95, 4 * matte.BAND)
    inner = np.where((sure >= 0)[..., None], rgb.reshape(-1, 3)[np.maximum(sure, 0)], rgb)
    return matte.unmixed(rgb, surface, alpha, inner)
