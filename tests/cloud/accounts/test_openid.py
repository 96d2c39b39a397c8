"""What a provider's answer must hold, against the stand-in over HTTP."""

from datetime import timedelta

import httpx2
import pytest

from cloud.accounts.errors import ProviderRefused, ProviderSilent
from cloud.accounts.openid import OpenIdProvider, OpenIdSettings


@pytest.fixture
def openid(provider, clock):
    """Our side of the conversation."""
    settings = OpenIdSettings(provider.issuer, "the-shop", "secret", "http://127.0.0.1/back")
    return OpenIdProvider(settings, clock)


async def _redeem(openid: OpenIdProvider, *, verifier: str = "v" * 43):
    address = await openid.address(state="s", nonce="n", verifier="v" * 43)
    async with httpx2.AsyncClient() as browser:
        there = await browser.get(address)
    code = httpx2.URL(there.headers["location"]).params["code"]
    return await openid.redeem(code=code, verifier=verifier, nonce="n")


async def test_who_comes_back_is_vouched_for(openid):
    vouched = await _redeem(openid)

    assert (vouched.subject, vouched.email) == ("subject-1", "robin@example.org")
    assert vouched.is_email_verified
    assert vouched.expires_at is not None


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"aud": "another-shop"}, "another shop"),
        ({"aud": ["the-shop", "another-shop"]}, "another shop"),
        ({"iss": "https://elsewhere.example"}, "somebody else"),
        ({"exp": 1}, "too old"),
        ({"exp": "soon"}, "too old"),
        ({"sub": ""}, "names nobody"),
        ({"sub": 7}, "names nobody"),
    ],
)
async def test_an_answer_with_a_wrong_claim_is_refused(openid, provider, claims, words):
    provider.faults.claims = claims

    with pytest.raises(ProviderRefused, match=words):
        await _redeem(openid)


@pytest.mark.parametrize("fault", ["is_foreign_key", "is_unsigned"])
async def test_an_answer_that_the_provider_did_not_sign_is_refused(openid, provider, fault):
    setattr(provider.faults, fault, True)

    with pytest.raises(ProviderRefused, match="not signed"):
        await _redeem(openid)


async def test_a_code_is_worth_nothing_without_its_verifier(openid):
    with pytest.raises(ProviderRefused):
        await _redeem(openid, verifier="w" * 43)


async def test_new_keys_of_the_provider_are_looked_up(openid, provider, clock):
    await _redeem(openid)
    provider.key = "two"
    clock.step(timedelta(minutes=2))

    assert (await _redeem(openid)).subject == "subject-1"


async def test_an_unproven_address_is_told_apart(openid, provider):
    provider.faults.claims = {"email_verified": "false"}

    assert not (await _redeem(openid)).is_email_verified


async def test_a_provider_that_is_down_is_silent(openid, provider):
    provider.faults.is_down = True

    with pytest.raises(ProviderSilent):
        await openid.address(state="s", nonce="n", verifier="v" * 43)
