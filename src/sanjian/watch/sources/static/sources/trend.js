// The curve island: factors stacked on one time axis. Data and drawing are apart: trend-option.js says what is drawn, this file
// loads, mounts, and answers to mouse, keys and touch.
import * as echarts from "../vendor/echarts/echarts.esm.min.mjs";
import { build, palette, toLocal } from "./trend-option.js";
import { describe, tooltip } from "./trend-words.js";

export async function mount(element) {
  const words = JSON.parse(element.dataset.words);
  const box = element.querySelector("[data-canvas]");
  const factors = element.querySelector("[data-factors]");
  const say = element.querySelector("[data-say]");
  const url = new URL(element.dataset.url, location.href);
  const state = { chart: null, data: null, at: null, aborted: new AbortController() };

  const load = async () => {
    const response = await fetch(url, { signal: state.aborted.signal, headers: { Accept: "application/json" } });
    const data = await response.json().catch(() => ({ error: words.failed }));
    if (!response.ok) return fail(data.error ?? words.failed);
    state.data = data;
    draw();
  };

  const fail = (why) => {
    const retry = make("button", { className: "button", type: "button", textContent: words.retry });
    retry.addEventListener("click", () => load().catch((error) => error.name === "AbortError" || fail(words.failed)));
    box.replaceChildren(make("div", { className: "failed", role: "alert" }, make("strong", { textContent: why }), retry));
  };

  const draw = () => {
    const { data } = state;
    chips();
    if (!data.factors.some((f) => f.t.length)) {
      state.chart?.dispose();
      state.chart = null;
      box.replaceChildren(make("div", { className: "empty" }, make("strong", { textContent: words.none }), make("p", { textContent: words.noneWhy })));
      return;
    }
    const { option, height } = build(data, {
      words, colours: palette(element), width: box.clientWidth, isCompact: element.dataset.compact === "true",
      focus: element.dataset.focusFrom ? [Date.parse(element.dataset.focusFrom), Date.parse(element.dataset.focusTo) || data.until] : null,
    });
    option.tooltip.formatter = (params) => tooltip(params, data, words);
    if (!state.chart) {
      const place = make("div", { className: "chart" });
      box.replaceChildren(place);
      place.style.height = `${height}px`;
      state.chart = echarts.init(place, null, { renderer: "canvas" });
      listen();
    }
    state.chart.getDom().style.height = `${height}px`;
    state.chart.resize();
    state.chart.setOption(option, { notMerge: true });
    if (matchMedia("(pointer: fine)").matches) {
      state.chart.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
    }
    say.textContent = data.factors.map((f) => `${f.name} ${words.total} ${f.total}${f.over ? `，${f.over} ${words.overCount}` : ""}`).join("；");
  };

  const chips = () => {
    const { data } = state;
    if (element.dataset.compact === "true" || data.available.length < 2) return factors.replaceChildren();
    const shown = new Set(data.factors.map((f) => f.code));
    factors.replaceChildren(...data.available.map((factor) => {
      const chip = make("button", { className: "chip", type: "button", textContent: factor.name });
      chip.setAttribute("aria-pressed", String(shown.has(factor.code)));
      chip.addEventListener("click", () => {
        shown.has(factor.code) ? shown.delete(factor.code) : shown.add(factor.code);
        if (!shown.size) return;
        url.searchParams.set("factors", data.available.map((f) => f.code).filter((c) => shown.has(c)).join(","));
        load().catch((error) => error.name === "AbortError" || fail(words.failed));
      });
      return chip;
    }));
  };

  const nearest = (factor, time) => {
    let best = 0;
    factor.t.forEach((t, i) => { if (Math.abs(t - time) < Math.abs(factor.t[best] - time)) best = i; });
    return best;
  };

  const open = (factor, index) => {
    const received = new Date(factor.received[index]).toISOString();
    location.assign(`${element.dataset.packetUrl.replace("SHA", factor.sha[index])}?at=${encodeURIComponent(received)}`);
  };

  const show = (f, index) => {
    state.at = [f, index];
    const factor = state.data.factors[f];
    say.textContent = `${describe(factor, index, words)} · ${words.packet}`;
    const seriesIndex = state.chart.getOption().series.findIndex((series) => series.id === `value-${factor.code}`);
    state.chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: factor.drawnIndex[index] });
  };

  const listen = () => {
    const zr = state.chart.getZr();
    let down = null;
    zr.on("mousedown", (event) => { down = event.offsetX; });
    zr.on("click", (event) => {
      if (down !== null && Math.abs(event.offsetX - down) > 4) return;
      const at = [event.offsetX, event.offsetY];
      state.data.factors.forEach((factor, f) => {
        if (!factor.t.length || !state.chart.containPixel({ gridIndex: 2 * f }, at)) return;
        const [time] = state.chart.convertFromPixel({ gridIndex: 2 * f }, at);
        const index = nearest(factor, time - toLocal);
        const [x] = state.chart.convertToPixel({ gridIndex: 2 * f }, [factor.t[index] + toLocal, 0]);
        if (Math.abs(x - event.offsetX) < 24) open(factor, index);
      });
    });
    zr.on("dblclick", () => state.chart.dispatchAction({ type: "dataZoom", start: 0, end: 100 }));
  };

  const keys = (event) => {
    if (!state.chart || !state.data?.factors.length) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24 };
    let [f, index] = state.at ?? [0, state.data.factors[0].t.length];
    if (event.key in steps) index += steps[event.key];
    else if (event.key === "Home") index = 0;
    else if (event.key === "End") index = Infinity;
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const next = Math.min(state.data.factors.length - 1, Math.max(0, f + (event.key === "ArrowUp" ? -1 : 1)));
      index = nearest(state.data.factors[next], state.data.factors[f].t[Math.min(index, state.data.factors[f].t.length - 1)]);
      f = next;
    } else if (event.key === "Enter" && state.at) return open(state.data.factors[f], index);
    else return;
    event.preventDefault();
    show(f, Math.max(0, Math.min(state.data.factors[f].t.length - 1, index)));
  };

  box.addEventListener("keydown", keys);
  const resized = new ResizeObserver(() => state.chart && state.data && state.chart.getWidth() !== box.clientWidth && draw());
  resized.observe(box);
  await load().catch((error) => error.name === "AbortError" || fail(words.failed));
  return () => {
    state.aborted.abort();
    resized.disconnect();
    box.removeEventListener("keydown", keys);
    state.chart?.dispose();
  };
}

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
