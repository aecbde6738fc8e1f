// Numbers that keep up: every element with data-counter shows the newest counter of that name.
import { listen } from "../site/js/live.js";

export function mount(element) {
  const places = [...element.querySelectorAll("[data-counter]")];
  const number = new Intl.NumberFormat("zh-CN");
  return listen("counters", (data) => {
    for (const place of places) {
      const value = data[place.dataset.counter];
      const text = value === null || value === undefined ? "—" : number.format(value);
      if (place.textContent !== text) place.textContent = text;
    }
  });
}
