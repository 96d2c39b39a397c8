"""The bottles in three dimensions: models that the shop itself would take in."""

import json
import math
import struct

import pytest
from sqlalchemy import func, select

from cloud.catalogue.art.bottles import BOTTLES
from cloud.catalogue.art.ink import Ink
from cloud.catalogue.art.lathe import turned
from cloud.catalogue.art.solid_bottles import sculpt
from cloud.catalogue.models import Product
from cloud.catalogue.seed_models import seed_models
from cloud.foundation.filing import Filing
from cloud.foundation.solids import check_glb
from cloud.foundation.storage import Storage

INK = Ink("#7a5a3a", "#e6c65c", "#5f7d4f")


@pytest.mark.parametrize("shape", sorted(BOTTLES))
def test_every_shape_is_a_small_model_that_the_shop_takes(shape):
    body = sculpt(shape, INK)

    check_glb(body)
    length = struct.unpack_from("<I", body, 12)[0]
    scene = json.loads(body[20 : 20 + length])
    high = [one["max"][1] for one in scene["accessors"] if "max" in one]
    assert len(body) < 120_000
    assert 0.4 < max(high) < 0.5
    assert sculpt(shape, INK) == body


@pytest.mark.parametrize("squareness", [2.0, 7.0])
def test_what_is_turned_faces_outwards_and_its_normals_are_of_length_one(squareness):
    mesh = turned([(1, 0), (1, 1), (0.5, 2)], squareness=squareness)

    for (x, _y, z), (nx, ny, nz) in zip(mesh.corners, mesh.normals, strict=True):
        assert math.isclose(nx * nx + ny * ny + nz * nz, 1, abs_tol=1e-6)
        assert x * nx + z * nz > 0
    for triangle in mesh.triangles:
        a, b, c = (mesh.corners[corner] for corner in triangle)
        u, v = [b[i] - a[i] for i in range(3)], [c[i] - a[i] for i in range(3)]
        face = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
        assert face[0] * a[0] + face[2] * a[2] > 0


@pytest.mark.needs_postgres
async def test_scents_get_their_bottle_once_and_keep_what_staff_gave_them(stocked, shelf, tmp_path):
    filing = Filing(Storage(str(tmp_path)))
    for _ in range(2):
        async with stocked.unit_of_work() as session:
            await seed_models(session, filing, shelf)
    async with stocked.reading() as connection:
        given = await connection.scalar(
            select(func.count()).where(Product.model_glb_key.is_not(None))
        )
        versions = set(await connection.scalars(select(Product.version)))

    assert given == len(shelf.scents)
    assert len(versions) == 1
