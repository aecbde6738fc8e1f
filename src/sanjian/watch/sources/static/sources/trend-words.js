// What the curve says: the tooltip and the line under it. Built as elements, never as text that the browser would parse.
import { toLocal } from "./trend-option.js";

const time = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function clock(ms) {
  return time.format(new Date(ms)).replace(/:00$/, "");
}

export function limitAt(factor, ms) {
  return factor.limits.filter((l) => l.from <= ms && ms < (l.to ?? Infinity)).at(-1) ?? null;
}

export function value(factor, index) {
  const v = factor.v[index];
  return v === null ? (factor.text[index] ?? "—") : `${Number(v.toFixed(factor.decimals))} ${factor.unit}`;
}

export function verdict(factor, index, words) {
  if (!factor.is_over[index]) return "";
  const limit = limitAt(factor, factor.t[index]);
  const isBelow = limit && limit.lower !== null && factor.v[index] < limit.lower;
  return `${isBelow ? words.below : words.over} ${isBelow ? limit.lower : (limit?.upper ?? "")} ${factor.unit}`;
}

export function describe(factor, index, words) {
  const flag = factor.flag[index];
  const parts = [clock(factor.t[index]), `${factor.name} ${value(factor, index)}`, verdict(factor, index, words)];
  if (flag) parts.push(`${words.flag} ${flag}${words[flag.toUpperCase()] ? ` ${words[flag.toUpperCase()]}` : ""}`);
  if (factor.versions[index] > 1) parts.push(`${words.versions} ${factor.versions[index]}`);
  return parts.filter(Boolean).join(" · ");
}

export function tooltip(params, data, words) {
  const list = Array.isArray(params) ? params : [params];
  const box = document.createElement("div");
  const at = list[0]?.axisValue - toLocal;
  if (!Number.isFinite(at)) return box;
  line(box, clock(at), "font-weight:600");
  for (const factor of data.factors) {
    const index = nearest(factor.t, at);
    if (index < 0 || Math.abs(factor.t[index] - at) > factor.step_ms * 1.5) {
      line(box, `${factor.name}　${words.gap}`, "color:var(--ink-2)");
      continue;
    }
    const over = verdict(factor, index, words);
    const flag = factor.flag[index] ? `　${words.flag} ${factor.flag[index]} ${words[factor.flag[index].toUpperCase()] ?? ""}` : "";
    line(box, `${factor.name}　${value(factor, index)}${flag}${factor.versions[index] > 1 ? `　${words.versions} ${factor.versions[index]}` : ""}`, over ? "color:var(--alarm);font-weight:600" : "");
    if (over) line(box, over, "color:var(--alarm)");
  }
  line(box, words.packet, "color:var(--ink-2);font-size:12px;margin-top:4px");
  return box;
}

function nearest(times, at) {
  let low = 0;
  let high = times.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - times[low - 1] < times[low] - at ? low - 1 : low;
}

function line(box, text, css) {
  const row = document.createElement("div");
  row.textContent = text;
  row.style.cssText = css;
  box.append(row);
}
