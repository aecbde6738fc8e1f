// The server's time, ticking: a screenshot stands still. The phone's own clock is used only to count on from the answer.
export function mount(element) {
  const time = element.querySelector("time");
  let ahead = Date.parse(time.dateTime) - Date.now();
  const draw = () => {
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });
    time.textContent = parts.format(new Date(Date.now() + ahead));
  };
  const ask = async () => {
    try {
      const sent = Date.now();
      const { now } = await (await fetch(element.dataset.url, { cache: "no-store" })).json();
      ahead = Date.parse(now) - (sent + Date.now()) / 2;
    } catch {
      element.dataset.stale = "true";
      return;
    }
    delete element.dataset.stale;
  };
  ask();
  const ticking = setInterval(draw, 250);
  const asking = setInterval(ask, 20000);
  return () => [ticking, asking].forEach(clearInterval);
}
