"""A clue from the question to the rating, each step by the person whose step it is, through the page that offers it."""

from collections import Counter
from urllib.parse import quote

from .browser import Browser, Filled, Refused
from .pages import Page
from .scene import Scene, come_back_until
from .visit import visit


def work_a_clue(scene: Scene) -> Counter[str]:
    """Ask, explain, dispatch, accept, issue a code, visit, feed back, rate. Returns how often each was done."""
    supervisor = scene.enter(scene.supervisor)
    address = come_back_until(lambda: _clue_of(supervisor, scene.object_name), f"{scene.object_name} 的线索")
    _step(supervisor, address, "ask", reason="小时均值超过限值且无标记，请说明当时的工况和治理设施运行情况。")
    enterprise = scene.enter(scene.enterprise)
    _step(enterprise, address, "explain", reason="当时还原剂泵故障，约一小时后恢复，已更换备用泵并记入台账。")
    _step(supervisor, address, "dispatch", reason="说明与数据大体一致，请现场核实泵的维修记录和数据有效性。")
    officer = scene.enter(scene.enforcer)
    _step(officer, address, "accept")
    code = _code(officer, officer.get(address), scene)
    public = visit(officer, code, scene)
    _step(
        officer,
        address,
        "close",
        verdict="confirmed",
        reason="属实：还原剂泵故障造成，现场已恢复，责令完善备用设备切换规程。",
    )
    rated = scene.enter()
    form = rated.get(public).form("/rate")
    done = rated.send(form, {"score": "5", "comment": "检查前出示了检查码，事项清楚。"})
    _must(done.status == 200, done, "公众评价")
    steps = ("ask", "explain", "dispatch", "accept", "close")
    uses = Counter({f"clues.{step}": 1 for step in steps})
    uses.update({f"inspections.{what}": 1 for what in ("issue", "check_in", "finish", "deliver")})
    return uses + Counter({"inspections.answers": 1, "code.rate": 1})


def _clue_of(browser: Browser, name: str) -> str | None:
    """The newest clue of an object that waits for judgement, as an address."""
    return browser.get(f"/clues/?q={quote(name)}&state=to_judge").link(r"/clues/[^/\"?]*\d/")


def _step(browser: Browser, address: str, act: str, **values: str) -> None:
    page = browser.get(address)
    done = browser.send(page.form(f"/act/{act}/"), dict(values))
    _must(done.status == 200, done, act)


def _code(officer: Browser, clue: Page, scene: Scene) -> str:
    """An inspection code for the clue; returns the address of its page."""
    link = clue.link(r"/inspections/issue/\?clue=[^\"]+")
    if link is None:
        raise Refused(f"{clue.path} 上没有出具检查码的入口")
    page = officer.get(link)
    form = page.form(page.path)
    officers = [*form.given.get("officers", []), form.pick("officers", scene.companion)]
    given: Filled = {
        "items": form.pick("items", "废气排放口"), "officers": sorted(set(officers)),
        "on_site_reason": "线索须到现场核对治理设施和维修记录",
    }  # fmt: skip
    done = officer.send(form, given)
    _must("/inspections/codes/" in done.path, done, "出具检查码")
    return done.path


def _must(holds: bool, page: Page, what: str) -> None:
    if not holds:
        raise Refused(f"{what}：{page.path}（{page.status}）{page.complaint()}")
