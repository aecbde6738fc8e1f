"""The main job, walked in a real browser over real processes: packet, board, clue, judgement, dispatch, code, visit,
close.
"""

import io
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from sanjian.base.sensing.hj212.encode import encode_area, encode_frame
from sanjian.city.clock import SHANGHAI
from sanjian.city.folder import City
from sanjian.city.people import PASSWORD

from .stack import Stack

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 900}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("home"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--disable-quic"],
        )
        yield chromium
        chromium.close()


def _log_in(browser: Browser, stack: Stack, person: str, viewport: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport=viewport, locale="zh-CN", permissions=["geolocation"],
        geolocation={"latitude": 31.15, "longitude": 121.12, "accuracy": 12},
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{stack.url}/login/")
    page.fill("input[name=username]", person)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], form button:not([type=button])")
    expect(page).to_have_url(f"{stack.url}/")
    return page


def _send_violation(stack: Stack, city: City) -> None:
    """A value of now, so that the device is heard; then two calm hours and one of 128 mg/m3, over the limit of 100."""
    limit = city.table("limits").filter(factor="a21002").row(0, named=True)
    assert (limit["upper"], limit["basis"]) == (100, "corrected")
    now = datetime.now(SHANGHAI)
    hour = now.replace(minute=0, second=0, microsecond=0)
    hours = {-3: 61.2, -2: 64.8, -1: 128.0}
    told = [("2011", "Rtd", now, 64.1)]
    told += [("2061", "Avg", hour + timedelta(hours=back), nox) for back, nox in hours.items()]
    with socket.create_connection(("127.0.0.1", stack.hj212_port), timeout=30) as gateway:
        for serial, (command, field, at, nox) in enumerate(told):
            values = {"a21002": {field: f"{nox:.1f}", f"Zs{field}": f"{nox:.1f}", "Flag": "N"}}
            header = {"QN": f"{at:%Y%m%d%H%M%S}{serial:03d}", "ST": "31", "CN": command, "PW": "123456",
                      "MN": limit["device_mn"], "Flag": "5"}  # fmt: skip
            gateway.sendall(encode_frame(header, encode_area(f"{at:%Y%m%d%H%M%S}", values)))
            assert b"CN=9014" in gateway.recv(4096)


def _photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _act(page: Page, act: str, reason: str) -> None:
    """Fill and send the form of one step on the clue page, unfolding it where it is folded."""
    form = page.locator(f"form[data-act={act}]")
    form.wait_for(state="attached")  # on a busy machine the reasons are there before the rest of the page
    if not form.is_visible():
        page.locator(f"details:has(form[data-act={act}]) > summary").click()
    if reason:
        form.locator("textarea[name=reason]").fill(reason)
    form.locator("button").last.click()


def _answer_everything(page: Page) -> None:
    """One question after the other, with a photo where one is asked for; ends on the page for the record."""
    page.locator(".steps a.button-primary").click()
    total = int(page.locator("progress").get_attribute("max") or 0)
    for number in range(1, total + 1):
        expect(page.locator("progress")).to_have_attribute("value", str(number))
        page.locator("label.choice:has(input[value=yes])").click()
        if page.locator("legend small").count():
            page.set_input_files("input[type=file]", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": _photo()})
            expect(page.locator("input[name=sha256]")).not_to_have_value("")
        page.locator("button[name=go][value=next]").click()
    page.locator(".steps a.button-primary", has_text="写笔录").click()


def test_a_packet_becomes_a_closed_clue(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    """Everything that the first page of the README promises, by hand, in order."""
    city = City.open(stack.home / "city")
    devices = sum(city.table(name).height for name in ("points", "dust_stations", "ambient_stations"))
    supervisor = _log_in(browser, stack, "li", DESK)
    supervisor.goto(f"{stack.url}/map/")
    expect(supervisor.locator("[data-list] li")).to_have_count(devices)

    _send_violation(stack, city)
    news = supervisor.locator("[data-feed] a[href^='/clues/']", has_text="超过限值").first
    expect(news).to_be_visible(timeout=20_000)
    news.click()
    expect(supervisor.locator("h1")).to_contain_text("128")
    expect(supervisor.locator(".clue-reasons")).to_contain_text("100")
    clue_url = supervisor.url
    _act(supervisor, "dispatch", "小时均值超过限值，无标记，请现场核查")
    expect(supervisor.locator("main")).to_contain_text("已派发")

    stranger = _log_in(browser, stack, "sun", DESK)
    assert stranger.goto(clue_url).status == 404

    officer = _log_in(browser, stack, "zhao", PHONE)
    officer.goto(clue_url)
    _act(officer, "accept", "")
    officer.locator("#next a.button-primary").click()
    officer.locator("label.choice:has-text('废气排放口')").click()
    officer.locator("label.choice:has-text('钱法')").click()
    officer.locator(".steps button.button-primary").click()
    public_url = officer.locator(".show-code a").get_attribute("href")
    assert public_url

    anyone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    anyone.goto(public_url)
    expect(anyone.locator("body")).to_contain_text("赵执")
    expect(anyone.locator("body")).to_contain_text("废气排放口及治理设施检查")
    assert anyone.goto(public_url[:-3] + "zzz").status == 404

    officer.locator(".steps a.button-primary").click()
    officer.locator(".steps button.button-primary").click()
    _answer_everything(officer)
    officer.locator("label.choice").first.click()
    officer.locator("textarea[name=record_text]").fill("出示证件并告知权利；治理设施运行正常，当时喷氨泵故障，已恢复。")
    officer.locator("input[name=is_delivered]").check()
    officer.locator(".steps button.button-primary").click()
    officer.locator(".steps a.button-primary").click()
    officer.locator("form[data-act=close] label.choice").first.click()
    _act(officer, "close", "属实，喷氨泵故障造成，已修复")
    expect(officer.locator("#next")).to_contain_text("属实")

    anyone.goto(public_url)
    expect(anyone.locator("body")).to_contain_text("检查已完成")

    audit = json.loads(stack.command("audit", "verify", "--json").stdout.splitlines()[-1])
    assert audit["broken_at"] is None
    assert audit["entries"] >= 8
    verified = stack.command("finding", "verify", "1", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    exported = stack.command("finding", "export", "1", str(tmp_path / "finding"))
    assert exported.returncode == 0, exported.stderr
    assert stack.command("finding", "verify", str(tmp_path / "finding")).returncode == 0
