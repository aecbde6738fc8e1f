// One connection to /live/ for the whole page. `listen(kind, fn)` hears events of one kind, or of every kind with "*".
// A hidden page lets go of its connection (browsers allow six to a host) and takes up where it left when it shows again.

const KINDS = ["counters", "finding.raised", "finding.updated", "finding.ended", "clue.opened", "clue.joined", "clue.moved",
  "clue.closed", "clue.late", "point.offline", "point.online", "inspection.code", "inspection.moved", "inspection.issued",
  "inspection.closed", "device.unknown", "device.registered", "gateway.trouble", "gateway.recovered"];
const LET_GO_AFTER_MS = 20000;

const listeners = new Map();
const seen = new Set();
const state = { status: "waiting" };
let source = null;
let url = "";
let last = "";
let hideTimer = 0;
let again = 0;

export function listen(kind, fn) {
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind).add(fn);
  if (kind === "counters" && state.counters) fn(state.counters);
  return () => listeners.get(kind).delete(fn);
}

export function status() {
  return state.status;
}

export function connect(address, after = "") {
  url = address;
  last = after;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hideTimer);
    if (document.hidden) hideTimer = setTimeout(close, LET_GO_AFTER_MS);
    else if (!source) open();
  });
  open();
}

function open() {
  clearTimeout(again);
  source = new EventSource(last ? `${url}?after=${encodeURIComponent(last)}` : url);
  source.onopen = () => tell("good");
  source.onerror = () => {
    tell("failed");
    if (source && source.readyState === EventSource.CLOSED) {
      close();
      again = setTimeout(open, 15000);
    }
  };
  for (const kind of KINDS) source.addEventListener(kind, (event) => receive(kind, event));
}

function close() {
  source?.close();
  source = null;
}

function receive(kind, event) {
  const data = JSON.parse(event.data);
  if (kind === "counters") {
    state.counters = data;
  } else {
    if (seen.has(data.id)) return;
    seen.add(data.id);
  }
  last = event.lastEventId || last;
  for (const name of [kind, "*"]) for (const fn of listeners.get(name) ?? []) fn(data, kind);
}

function tell(status) {
  state.status = status;
  for (const fn of listeners.get("status") ?? []) fn(status);
}
