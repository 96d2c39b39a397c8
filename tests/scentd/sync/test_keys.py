import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scentd.sync.errors import KeyMissing
from scentd.sync.keys import KeyRing


def test_a_key_is_readable_by_the_hub_alone(tmp_path):
    key = KeyRing(tmp_path / "keys").make()

    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert key.public not in file.read_bytes()


def test_a_key_is_found_again_by_its_name_and_signs_the_same(tmp_path):
    made = KeyRing(tmp_path).make()

    loaded = KeyRing(tmp_path).load(made.name)

    assert loaded.words == made.words
    Ed25519PublicKey.from_public_bytes(made.public).verify(loaded.sign(b"claim"), b"claim")


def test_no_two_pairings_share_a_key(tmp_path):
    ring = KeyRing(tmp_path)

    assert ring.make().public != ring.make().public


def test_only_the_key_in_use_is_kept(tmp_path):
    ring = KeyRing(tmp_path)
    old, new = ring.make(), ring.make()

    ring.keep_only(new.name)

    assert ring.load(new.name).public == new.public
    with pytest.raises(KeyMissing):
        ring.load(old.name)


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_a_key_that_is_gone_or_damaged_says_so(tmp_path, content):
    if content is not None:
        (tmp_path / "k.key").write_bytes(content)

    with pytest.raises(KeyMissing) as caught:
        KeyRing(tmp_path).load("k")

    assert "Pair" in caught.value.hint
