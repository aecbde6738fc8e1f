// A file may be dropped on the form instead of chosen; without this module the file field does the same.

export function mount(form) {
  const zone = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  if (!zone || !input) return undefined;
  zone.classList.add("can-drop");
  const stop = new AbortController();
  const on = (name, act) =>
    zone.addEventListener(name, (event) => { event.preventDefault(); act(event); }, { signal: stop.signal });
  on("dragover", () => zone.classList.add("is-over"));
  on("dragleave", () => zone.classList.remove("is-over"));
  on("drop", (event) => {
    zone.classList.remove("is-over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
  return () => stop.abort();
}
