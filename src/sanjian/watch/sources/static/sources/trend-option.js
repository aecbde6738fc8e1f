// What the curve draws: pure, data in, ECharts option out. Each factor has two grids, its curve and under it the lane of flags.

export const toLocal = 8 * 3600 * 1000; // Asia/Shanghai has no summer time; the chart runs in UTC, shifted, wherever the browser is

const HUES = {
  w01018: 205, w21003: 28, w21011: 130, w21001: 265, w01001: 330, w00000: 190, w01019: 225,
  a21026: 265, a21002: 205, a34013: 28, a19001: 150, a01012: 340, a00000: 190, a01011: 90, a01014: 220, a21005: 50,
};
const SPARE = [205, 28, 150, 265, 330, 60, 190, 100];

export function hue(code) {
  if (code in HUES) return HUES[code];
  let sum = 0;
  for (const c of code) sum = (sum * 31 + c.charCodeAt(0)) >>> 0;
  return SPARE[sum % SPARE.length];
}

export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const isDark = style.colorScheme.includes("dark");
  return {
    ink: read("ink"), ink2: read("ink-2"), ink3: read("ink-3"), line: read("line"), panel: read("panel"), alarm: read("alarm"), warn: read("warn"),
    notice: read("notice"), font: read("sans"), factor: (code) => `hsl(${hue(code)} ${isDark ? "62% 66%" : "60% 38%"})`,
    thin: (code) => `hsl(${hue(code)} ${isDark ? "35% 50%" : "40% 62%"})`,
    band: isDark ? "rgba(240,138,75,.13)" : "rgba(192,86,33,.09)", focus: isDark ? "rgba(242,109,117,.16)" : "rgba(180,35,44,.08)",
    flag: { N: read("good"), T: read("alarm"), S: read("alarm"), D: read("warn"), B: read("warn"), F: read("ink-3"), M: read("notice"), C: read("notice") },
  };
}

export function build(data, { words, colours, width, isCompact, focus }) {
  const isNarrow = width < 560;
  const isShort = width < 900;
  const plot = isCompact ? 168 : data.factors.length === 1 ? 240 : 118;
  const lane = 8;
  const between = 44;
  const left = isNarrow ? 44 : 58;
  const right = isNarrow ? 10 : 18;
  const option = base(colours);
  let top = 34;
  data.factors.forEach((factor, f) => {
    const isLast = f === data.factors.length - 1;
    option.grid.push({ left, right, top, height: plot }, { left, right, top: top + plot + 4, height: lane });
    for (const g of [2 * f, 2 * f + 1]) {
      const labels = isLast && g % 2 === 1;
      option.xAxis.push({
        type: "time", gridIndex: g, min: data.since + toLocal, max: data.until + toLocal,
        axisLine: { show: g % 2 === 0, onZero: false, lineStyle: { color: colours.line } }, axisTick: { show: labels, lineStyle: { color: colours.line } },
        axisLabel: { show: labels, color: colours.ink2, fontSize: 12, hideOverlap: true, formatter: { year: "{yyyy}", month: "{MM}-{dd}", day: "{MM}-{dd}", hour: "{HH}:{mm}", minute: "{HH}:{mm}" } },
        splitLine: { show: false }, axisPointer: { show: true, label: { show: false }, lineStyle: { color: colours.ink3, width: 1 } },
      });
    }
    const bounds = range(factor, data);
    option.yAxis.push(
      { type: "value", gridIndex: 2 * f, ...bounds, splitNumber: 3, axisLabel: { color: colours.ink2, fontSize: 12, hideOverlap: true, showMaxLabel: false }, splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } }, axisPointer: { show: false } },
      { type: "value", gridIndex: 2 * f + 1, min: 0, max: 1, show: false, axisPointer: { show: false } },
    );
    const unit = factor.unit ? `  ${factor.unit}` : "";
    const beside = data.expected?.[factor.code] ? `  ┄ ${words.expected}` : "";
    option.title.push({ text: `${factor.name}${factor.is_corrected ? `（${words.corrected}）` : ""}{u|${unit}${beside}}`, left: left - 6, top: top - 28, textStyle: { fontSize: 13, fontWeight: 600, color: colours.ink, rich: { u: { color: colours.ink2, fontSize: 12 } } } });
    const law = limitText(factor, data, words, { isNarrow, isShort });
    if (law) option.title.push({ text: law, right, top: top - 26, textStyle: { fontSize: 12, fontWeight: 400, color: colours.alarm } });
    option.series.push(...series(factor, f, data, words, colours, focus));
    top += plot + lane + between;
  });
  const all = option.xAxis.map((_, i) => i);
  option.dataZoom = [{ type: "inside", xAxisIndex: all, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, moveOnMouseMove: false, filterMode: "none" }];
  option.toolbox = { showTitle: false, itemSize: 0, feature: { dataZoom: { show: true, xAxisIndex: all, yAxisIndex: false, filterMode: "none", brushStyle: { color: colours.focus } } } };
  return { option, height: top - between + 34 };
}

function base(colours) {
  return {
    animation: false, useUTC: true, textStyle: { fontFamily: colours.font, color: colours.ink }, grid: [], xAxis: [], yAxis: [], title: [], series: [],
    axisPointer: { link: [{ xAxisIndex: "all" }], triggerTooltip: true },
    tooltip: { trigger: "axis", confine: true, transitionDuration: 0, backgroundColor: colours.panel, borderColor: colours.line, padding: 10, textStyle: { color: colours.ink, fontSize: 13 }, extraCssText: "box-shadow:var(--shadow);border-radius:6px" },
  };
}

// The axis holds every value and every limit in view; it starts at zero unless the values keep far from it.
function range(factor, data) {
  const limits = factor.limits.filter((l) => l.from < data.until && (l.to ?? Infinity) > data.since).flatMap((l) => [l.upper, l.lower]).filter((v) => v !== null);
  const values = [...factor.v.filter((v) => v !== null), ...limits, ...(data.expected?.[factor.code]?.v ?? [])];
  if (!values.length) return {};
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  const step = 10 ** Math.floor(Math.log10(high - low || Math.abs(high) || 1) - 0.3);
  const min = low >= 0 && low < 0.6 * high ? 0 : Math.floor((low - room) / step) * step;
  return { min: Number(min.toPrecision(10)), max: Number((Math.ceil((high + room) / step) * step).toPrecision(10)) };
}

// A null between two readings with a gap makes the line break where the data do.
function points(factor, values) {
  const made = [];
  factor.drawnIndex = [];
  const gaps = factor.gaps.map(([from]) => from);
  let g = 0;
  factor.t.forEach((t, i) => {
    while (g < gaps.length && gaps[g] <= t) {
      made.push([gaps[g] + toLocal, null]);
      g += 1;
    }
    factor.drawnIndex[i] = made.length;
    made.push([t + toLocal, values[i]]);
  });
  return made;
}

function series(factor, f, data, words, colours, focus) {
  const colour = colours.factor(factor.code);
  const axes = { xAxisIndex: 2 * f, yAxisIndex: 2 * f };
  const made = [];
  if (factor.measured) {
    made.push({ id: `measured-${factor.code}`, name: words.measured, type: "line", ...axes, data: points(factor, factor.measured), showSymbol: false, silent: true, lineStyle: { width: 1, color: colours.thin(factor.code), type: [3, 3] }, z: 2 });
  }
  made.push({
    id: `value-${factor.code}`, name: factor.name, type: "line", ...axes, data: points(factor, factor.v), showSymbol: factor.t.length < 90, symbol: "circle", symbolSize: 4, connectNulls: false, z: 3,
    lineStyle: { width: 1.6, color: colour }, itemStyle: { color: colour }, emphasis: { disabled: true },
    markArea: { silent: true, animation: false, data: bands(factor, data, colours, focus) },
  });
  const line = data.expected?.[factor.code];
  if (line) {
    made.push({ id: `expected-${factor.code}`, name: words.expected, type: "line", ...axes, data: line.t.map((t, i) => [t + toLocal, line.v[i]]), showSymbol: false, silent: true, lineStyle: { width: 1.4, color: colours.ink2, type: "dotted" }, z: 2, tooltip: { show: false } });
  }
  const over = factor.t.map((t, i) => [t + toLocal, factor.v[i]]).filter((_, i) => factor.is_over[i]);
  made.push({ id: `over-${factor.code}`, type: "scatter", ...axes, data: over, symbol: "diamond", symbolSize: over.length > 400 ? 4 : 7, itemStyle: { color: colours.alarm }, silent: true, tooltip: { show: false }, z: 5, large: false });
  made.push(...limitLines(factor, f, data, colours), laneSeries(factor, f, data, colours));
  return made;
}

// A limit is a step line over the days on which it holds. Lines, not marks: a mark with an end outside a zoomed window is not drawn.
function limitLines(factor, f, data, colours) {
  const lines = [];
  limitsIn(factor, data).forEach((limit, n) => {
    const ends = [Math.max(limit.from, data.since), Math.min(limit.to ?? Infinity, data.until)];
    for (const side of ["upper", "lower"]) {
      if (limit[side] === null) continue;
      lines.push({
        id: `limit-${factor.code}-${n}-${side}`, type: "line", xAxisIndex: 2 * f, yAxisIndex: 2 * f, data: ends.map((t) => [t + toLocal, limit[side]]),
        symbol: "none", silent: true, lineStyle: { color: colours.alarm, type: "dashed", width: 1.2 }, z: 2, tooltip: { show: false },
      });
    }
  });
  return lines;
}

function limitsIn(factor, data) {
  return factor.limits.filter((limit) => limit.from < data.until && (limit.to ?? Infinity) > data.since);
}

function limitText(factor, data, words, { isNarrow, isShort }) {
  return limitsIn(factor, data).map((limit) => {
    const value = [limit.lower, limit.upper].filter((v) => v !== null).join("–");
    if (isNarrow) return `${words.limit} ${value}`;
    return `${words.limit} ${value} ${factor.unit}　${isShort ? "" : `${limit.source}　`}${limit.valid_from} ${words.from}`;
  }).join("；");
}

function bands(factor, data, colours, focus) {
  const areas = [];
  for (const found of data.findings) {
    if (found.factor && found.factor !== factor.code) continue;
    const from = Math.max(found.from, data.since);
    const to = Math.min(found.to ?? data.until, data.until);
    areas.push([{ xAxis: from + toLocal, itemStyle: { color: colours.band }, name: found.name, label: { show: true, position: "insideTopLeft", color: colours.warn, fontSize: 12, distance: 4 } }, { xAxis: to + toLocal }]);
  }
  if (focus) areas.push([{ xAxis: Math.max(focus[0], data.since) + toLocal, itemStyle: { color: "transparent", borderColor: colours.alarm, borderWidth: 1, borderType: "dashed" } }, { xAxis: Math.min(focus[1], data.until) + toLocal }]);
  return areas;
}

// The lane: one bar a reading, coloured by its mark; nothing where no mark was sent; an empty frame where nothing came at all.
function laneSeries(factor, f, data, colours) {
  const rows = [];
  for (let i = 0; i < factor.t.length; i += 1) {
    const flag = (factor.flag[i] ?? "").toUpperCase();
    const previous = rows.at(-1);
    const end = factor.t[i] + factor.step_ms;
    if (!flag) continue;
    if (previous && previous[2] === flag && factor.t[i] - previous[1] <= factor.step_ms * 0.9) previous[1] = end;
    else rows.push([factor.t[i], end, flag]);
  }
  for (const [from, to] of factor.gaps) rows.push([from, to, "gap"]);
  return {
    id: `lane-${factor.code}`, type: "custom", xAxisIndex: 2 * f + 1, yAxisIndex: 2 * f + 1, silent: true, tooltip: { show: false }, clip: true,
    data: rows.map(([from, to], i) => [from + toLocal, Math.min(to, data.until) + toLocal, i]),
    encode: { x: [0, 1], y: -1 },
    renderItem(params, api) {
      const [x, y] = api.coord([api.value(0), 1]);
      const [end, bottom] = api.coord([api.value(1), 0]);
      const flag = rows[api.value(2)][2];
      const style = flag === "gap" ? { fill: "transparent", stroke: colours.ink3, lineDash: [2, 3], lineWidth: 1 } : { fill: colours.flag[flag] ?? colours.ink3, opacity: flag === "N" ? 0.55 : 1 };
      return { type: "rect", shape: { x, y: flag === "N" ? y + 3 : y, width: Math.max(1, end - x), height: flag === "N" ? 2 : bottom - y }, style };
    },
  };
}
