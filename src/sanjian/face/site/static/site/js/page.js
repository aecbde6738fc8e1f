// What the frame does beyond plain HTML: the live dot, the palette, menus that close, keys in lists.
import { connect, listen, status } from "./live.js";

const live = document.getElementById("live");
if (live) {
  const text = live.querySelector("[data-live-text]");
  const words = live.dataset.words.split(",");
  let newest = null;
  let staleAfter = 120000;
  let known = false;
  const span = (ms) => {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return `${s} ${words[0]}`;
    if (s < 3600) return `${Math.floor(s / 60)} ${words[1]}`;
    if (s < 86400) return `${Math.floor(s / 3600)} ${words[2]}`;
    return `${Math.floor(s / 86400)} ${words[3]}`;
  };
  const draw = () => {
    let mood = "waiting";
    let say = text.textContent;
    if (status() === "failed") [mood, say] = ["failed", live.dataset.wordFailed];
    else if (known && newest === null) say = live.dataset.wordEmpty;
    else if (known) {
      const age = Date.now() - newest;
      mood = age < staleAfter ? "good" : "stale";
      const clock = new Date(newest).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
      say = live.dataset[mood === "good" ? "wordGood" : "wordStale"].replace("{n}", span(age)).replace("{t}", clock);
    }
    live.dataset.live = mood;
    live.title = say;
    if (text.textContent !== say) text.textContent = say;
  };
  listen("counters", (data) => {
    newest = data.newest_at ? Date.parse(data.newest_at) : null;
    staleAfter = 1000 * (data.stale_after_s ?? 120);
    known = true;
    draw();
  });
  listen("status", draw);
  setInterval(draw, 1000);
  connect(live.dataset.liveUrl, document.querySelector("[data-live-after]")?.dataset.liveAfter ?? "");
}

const palette = document.getElementById("palette");
if (palette) {
  const input = palette.querySelector("input");
  const results = document.getElementById("palette-results");
  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.select();
    if (!results.childElementCount) htmx.ajax("GET", input.getAttribute("hx-get"), { target: results });
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.querySelectorAll("[data-palette-open]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    }),
  );
  palette.addEventListener("click", (event) => event.target === palette && palette.close());
  palette.addEventListener("keydown", (event) => {
    const links = [...results.querySelectorAll("a")];
    const at = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      links[at]?.removeAttribute("aria-selected");
      const next = links[(at + (event.key === "ArrowDown" ? 1 : links.length - 1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % links.length];
      next?.setAttribute("aria-selected", "true");
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && links.length) {
      event.preventDefault();
      links[Math.max(at, 0)].click();
    }
  });
}

// A sheet that is open closes when a person looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});

// A request that htmx could not finish says so in place of failing in silence.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 403 || event.detail.xhr.status === 404) location.reload();
});

// A wall board must not go blank because somebody's lunch was long: it reloads itself each hour.
if (document.documentElement.classList.contains("is-big")) setTimeout(() => location.reload(), 3600000);
