// The board: points on a map without outside tiles, the same set in the list, events as they arrive. Click selects, it does not fly.
import { listen } from "../site/js/live.js";
import { drawMarks, MARKS } from "./marks.js";

const REFRESH_MS = 15000;
const FAR = 9.6; // below this zoom the names of the inner districts would lie on each other
const SMALL_DEG = 0.2;

export async function mount(element) {
  const list = element.querySelector("[data-list]");
  const state = { map: null, say: null, stop: new AbortController() };
  const stops = [listenFeed(element, () => refresh())];

  const refresh = async () => {
    const response = await fetch(element.dataset.url, { signal: state.stop.signal });
    if (!response.ok) return null;
    const points = await response.json();
    state.map?.getSource("points")?.setData(points);
    showInList(list, points);
    return points;
  };

  const select = (id) => {
    for (const item of list?.children ?? []) {
      const is = item.dataset.point === String(id);
      item.setAttribute("aria-selected", String(is));
      if (is) item.scrollIntoView({ block: "nearest" });
    }
    state.map?.setFilter("selected", ["==", ["id"], Number(id)]);
  };

  list?.addEventListener("mouseover", (event) => {
    const item = event.target.closest("[data-point]");
    if (item) select(item.dataset.point);
  });

  const points = await refresh();
  try {
    state.map = await drawMap(element, points, select);
  } catch (error) {
    console.warn("map", error);
    element.querySelector("[data-map]").hidden = true;
    element.querySelector("[data-map-failed]").hidden = false;
  }
  const timer = setInterval(() => document.hidden || refresh().catch(() => null), REFRESH_MS);
  return () => {
    clearInterval(timer);
    state.stop.abort();
    stops.forEach((stop) => stop());
    state.map?.remove();
  };
}

function listenFeed(element, onEvent) {
  const feed = element.querySelector("[data-feed]");
  const words = JSON.parse(feed.dataset.severity);
  let waiting = 0;
  return listen("*", (event, kind) => {
    if (kind === "counters" || kind === "status") return;
    element.querySelector("[data-feed-empty]").hidden = true;
    const item = document.createElement("li");
    item.className = "is-new";
    const link = Object.assign(document.createElement("a"), { href: event.url || "#" });
    const title = Object.assign(document.createElement("span"), { className: "grow", textContent: event.title });
    const when = Object.assign(document.createElement("span"), { className: "end" });
    when.textContent = new Date(event.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
    link.append(title, ...(event.severity ? [bars(event.severity, words)] : []), when);
    item.append(link);
    feed.prepend(item);
    while (feed.children.length > 60) feed.lastElementChild.remove();
    clearTimeout(waiting);
    waiting = setTimeout(onEvent, 800);
  });
}

function bars(level, words) {
  const box = Object.assign(document.createElement("span"), { className: `severity severity-${level}` });
  const marks = document.createElement("i");
  for (let i = 0; i < 5; i += 1) marks.append(document.createElement("b"));
  box.append(marks, words[level] ?? "");
  return box;
}

// The list follows the map's data: the word, tone and icon of each row.
function showInList(list, points) {
  if (!list) return;
  const items = new Map([...list.children].map((item) => [item.dataset.point, item]));
  for (const { id, properties } of points.features) {
    const state = items.get(String(id))?.querySelector(".state");
    const mark = MARKS[properties.standing];
    if (!state || state.lastChild.textContent === properties.word) continue;
    state.className = `state${mark.tone ? ` state-${mark.tone}` : ""}`;
    const use = state.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${mark.icon}`));
    state.lastChild.textContent = properties.word;
  }
}

async function drawMap(element, points, select) {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("no WebGL 2");
  const maplibre = await import("../vendor/maplibre/maplibre-gl.mjs");
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const districts = await (await fetch(element.dataset.districts)).json();
  const bounds = extent(points?.features.length ? points : null) ?? extent(districts);
  const map = new maplibre.Map({
    container: element.querySelector("[data-map]"), attributionControl: false, dragRotate: false, pitchWithRotate: false, maxZoom: 17, minZoom: 6,
    bounds: extent(districts) ?? bounds, fitBoundsOptions: { padding: 24 }, fadeDuration: 0,
    style: {
      version: 8, sources: { districts: { type: "geojson", data: districts }, points: { type: "geojson", data: points ?? { type: "FeatureCollection", features: [] } } },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": colour("paper") } },
        { id: "districts", type: "fill", source: "districts", paint: { "fill-color": colour("panel") } },
        { id: "borders", type: "line", source: "districts", paint: { "line-color": colour("line-2"), "line-width": 1 } },
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  await new Promise((done) => map.once("load", done));
  drawMarks(map, colour, window.devicePixelRatio || 1);
  const size = document.documentElement.classList.contains("is-big") ? 1.5 : 1;
  map.addLayer({ id: "selected", type: "circle", source: "points", filter: ["==", ["id"], -1], paint: { "circle-radius": 15 * size, "circle-color": colour("accent"), "circle-opacity": 0.18, "circle-stroke-color": colour("accent"), "circle-stroke-width": 2 } });
  map.addLayer({ id: "points", type: "symbol", source: "points", layout: { "icon-image": ["get", "standing"], "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.8 * size, 13, 1.15 * size], "icon-allow-overlap": true, "symbol-sort-key": ["match", ["get", "standing"], "alarm", 3, "warn", 2, "silent", 1, 0] } });
  for (const { properties, geometry } of districts.features) {
    if (properties.cp) label(maplibre, map, properties.name.replace(/(新)?区$/, ""), properties.cp, spread(geometry) < SMALL_DEG);
  }
  const far = () => element.querySelector("[data-map]").classList.toggle("is-far", map.getZoom() < FAR);
  map.on("zoom", far);
  far();
  hover(maplibre, map, select);
  return map;
}

function spread(geometry) {
  const [[west, south], [east, north]] = extent({ features: [{ geometry }] });
  return Math.max(east - west, north - south);
}

function label(maplibre, map, text, at, isSmall) {
  const place = Object.assign(document.createElement("div"), { className: `map-district${isSmall ? " is-small" : ""}`, textContent: text });
  new maplibre.Marker({ element: place }).setLngLat(at).addTo(map);
}

function hover(maplibre, map, select) {
  const place = Object.assign(document.createElement("div"), { className: "map-say", hidden: true });
  const say = new maplibre.Marker({ element: place, anchor: "bottom" }).setLngLat([0, 0]).addTo(map);
  map.on("mousemove", "points", ({ features: [found] }) => {
    map.getCanvas().style.cursor = "pointer";
    place.textContent = `${found.properties.object} ${found.properties.name} · ${found.properties.word}`;
    place.hidden = false;
    say.setLngLat(found.geometry.coordinates);
  });
  map.on("mouseleave", "points", () => {
    map.getCanvas().style.cursor = "";
    place.hidden = true;
  });
  map.on("click", "points", ({ features: [found] }) => select(found.id));
  map.on("dblclick", "points", (event) => {
    event.preventDefault();
    location.assign(event.features[0].properties.url);
  });
}

function extent(collection) {
  if (!collection) return null;
  let [west, south, east, north] = [180, 90, -180, -90];
  const walk = (c) => {
    if (typeof c[0] === "number") {
      west = Math.min(west, c[0]); east = Math.max(east, c[0]);
      south = Math.min(south, c[1]); north = Math.max(north, c[1]);
    } else c.forEach(walk);
  };
  collection.features.forEach((f) => walk(f.geometry.coordinates));
  return west < east ? [[west, south], [east, north]] : null;
}
