import pytest

from scentd.api.access import Scope

ELSEWHERE = "http://evil.example"


async def status_and_code(client, method, path, **options):
    async with client.session.request(method, path, **options) as answer:
        body = await answer.json()
        assert set(body) >= {"code", "message", "hint"}
        return answer.status, body["code"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8480", "hub.evil.local", "", "[", "a b"]
)
async def test_a_foreign_host_name_is_misdirected(nobody, host):
    found = await status_and_code(nobody, "GET", "/health", headers={"Host": host})

    assert found == (421, "host_unknown")


@pytest.mark.parametrize("host", ["localhost:1", "192.168.1.4", "[fe80::1]:8480", "LOCALHOST."])
async def test_bare_addresses_and_own_names_are_answered(nobody, host):
    async with nobody.session.get("/health", headers={"Host": host}) as answer:
        assert answer.status == 200


async def test_a_name_from_the_settings_is_answered(rig, serve, open_browser):
    async with (
        serve(rig, names=("Hub.Home",)) as base,
        open_browser(base) as client,
        client.session.get("/health", headers={"Host": "hub.home"}) as answer,
    ):
        assert answer.status == 200


async def test_a_peer_outside_the_home_networks_is_refused(rig, serve, open_browser):
    async with serve(rig, networks=("10.0.0.0/8",)) as base, open_browser(base) as client:
        assert await status_and_code(client, "GET", "/health") == (403, "peer_refused")


async def test_a_foreign_origin_may_not_change_anything(member, rig):
    headers = {"Origin": ELSEWHERE, "X-CSRF-Token": member.csrf, "Accept": "application/json"}

    found = await status_and_code(
        member, "POST", "/api/v1/diffusers/native-a1/state", json={"power": False}, headers=headers
    )

    assert found == (403, "origin_refused")
    assert rig.devices.wishes == []


@pytest.mark.parametrize("origin", [ELSEWHERE, "null"])
async def test_a_foreign_page_may_not_open_a_websocket(member, origin):
    headers = {"Origin": origin, "Upgrade": "websocket", "Connection": "Upgrade"}

    found = await status_and_code(member, "GET", "/api/v1/ws", headers=headers)

    assert found == (403, "origin_refused")


async def test_answers_may_not_be_read_by_other_origins(program):
    client = await program(Scope.READ)

    async with client.session.get("/api/v1/diffusers", headers={"Origin": ELSEWHERE}) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_listed_origin_may_call_the_api(rig, serve, open_browser):
    panel = "http://panel.home"
    made = await rig.house.access.new_token("panel", frozenset({Scope.CONTROL}))
    headers = {"Origin": panel, "Authorization": f"Bearer {made.secret}"}
    async with serve(rig, origins=(panel,)) as base, open_browser(base) as client:
        async with client.session.options("/api/v1/diffusers", headers={"Origin": panel}) as asked:
            assert asked.status == 204
            assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
        async with client.session.post(
            "/api/v1/diffusers/native-a1/state", json={"power": False}, headers=headers
        ) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == panel


async def test_a_cookie_alone_changes_nothing(member, rig):
    found = await status_and_code(
        member, "POST", "/api/v1/diffusers/native-a1/state", json={"power": False}
    )
    form = await status_and_code(
        member, "POST", "/diffusers/native-a1/power", data={"power": "off", "csrf": "00"}
    )

    assert found == form == (403, "csrf_refused")
    assert rig.devices.wishes == []


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/v1/diffusers", "/nothing", "/health"])
async def test_every_answer_ties_the_browsers_hands(member, path):
    async with member.session.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "options", "expected"),
    [
        ("GET", "/api/v1/nothing", {}, (404, "not_found")),
        ("GET", "/api/v1/diffusers/none", {}, (404, "diffuser_unknown")),
        ("GET", "/api/v1/cartridges/native-a1/2", {}, (404, "not_found")),
        ("GET", "/api/v1/schedules/none", {}, (404, "schedule_unknown")),
        ("GET", "/api/v1/rules/none", {}, (404, "rule_unknown")),
        ("GET", "/api/v1/reorders/native-a1/1", {}, (404, "reorder_unknown")),
        ("PUT", "/api/v1/diffusers", {}, (405, "method_not_allowed")),
        (
            "POST",
            "/api/v1/diffusers/native-a1/state",
            {"data": b"{}", "headers": {"Content-Type": "text/plain"}},
            (415, "not_json"),
        ),
        (
            "POST",
            "/api/v1/diffusers/native-a1/state",
            {"data": b"{", "headers": {"Content-Type": "application/json"}},
            (415, "not_json"),
        ),
        (
            "POST",
            "/api/v1/diffusers/native-a1/state",
            {"json": {"power": "x" * 70_000}},
            (413, "body_too_large"),
        ),
        (
            "POST",
            "/api/v1/diffusers/native-a1/state",
            {"json": {"intensity_percent": 300}},
            (422, "invalid"),
        ),
        ("POST", "/api/v1/diffusers/native-a1/state", {"json": {"pwoer": 1}}, (422, "invalid")),
        ("GET", "/api/v1/activity?limit=-1", {}, (422, "invalid")),
        ("PUT", "/api/v1/schedules/x", {"json": {"name": "x"}}, (422, "schedule_invalid")),
        ("PUT", "/api/v1/rules/x", {"json": {"name": "x"}}, (422, "rule_invalid")),
        ("PUT", "/api/v1/rules/x", {"json": []}, (422, "invalid")),
    ],
)
async def test_every_refusal_has_code_message_and_hint(program, method, path, options, expected):
    client = await program(*Scope)

    assert await status_and_code(client, method, path, **options) == expected


async def test_a_refusal_names_the_field(program):
    client = await program(Scope.CONTROL)

    _, body = await client.ask(
        "POST", "/api/v1/diffusers/native-a1/state", {"intensity_percent": 300}
    )

    assert body["field"] == "intensity_percent"


async def test_a_fault_inside_is_answered_without_its_traceback(program, rig, caplog):
    client = await program(Scope.READ)
    rig.devices.states.clear()

    found = await status_and_code(client, "GET", "/api/v1/diffusers")

    assert found == (500, "internal")
    assert "KeyError" in caplog.text


async def test_a_fault_on_a_one_time_link_does_not_log_the_link(nobody, rig, caplog):
    await rig.house.database.write(lambda db: db.execute("DROP TABLE access_link"))

    status, _ = await nobody.read("/welcome/a-secret-of-somebody")

    assert status == 500
    assert "/welcome/{secret}" in caplog.text
    assert "a-secret-of-somebody" not in caplog.text


async def test_a_browser_gets_its_errors_as_pages(member):
    status, page = await member.read("/nothing")

    assert status == 404
    assert "<h1>That did not work</h1>" in page
    assert "There is nothing at /nothing." in page


async def test_no_get_changes_anything(member, rig):
    for path in ("/diffusers/native-a1/power", "/stop", "/sign-out", "/settings/pairing"):
        status, _ = await member.read(path, allow_redirects=False)
        assert status == 405

    assert rig.devices.wishes == []
    assert rig.cloud.offer is None
