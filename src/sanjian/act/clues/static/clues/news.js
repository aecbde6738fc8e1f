// Says that a clue on this page changed, and leaves it to the person when to look: a form half written is never thrown away.
import { listen } from "../site/js/live.js";

export function mount(element) {
  const wanted = element.dataset.clue;
  const since = Date.now();
  const hear = (event) => {
    if (wanted !== "*" && event.details?.clue_no !== wanted) return;
    if (event.at && Date.parse(event.at) < since - 2000) return; // our own step, told again
    element.hidden = false;
  };
  const stops = [listen("clue.opened", hear), listen("clue.moved", hear)];
  return () => stops.forEach((stop) => stop());
}
