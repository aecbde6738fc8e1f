// Islands: <div data-island="trend" data-src="/static/sources/trend.js" data-url="..."> becomes alive by the module at data-src,
// whose mount(element) may return a function that disposes of it. Mounting twice is harmless; what htmx removes is disposed of.

const mounted = new Map();

export async function mountAll(root = document) {
  const found = root.matches?.("[data-island]") ? [root] : [...root.querySelectorAll("[data-island]")];
  await Promise.all(found.map(mount));
}

async function mount(element) {
  if (mounted.has(element)) return;
  mounted.set(element, () => {});
  try {
    const { mount: start } = await import(element.dataset.src);
    const dispose = await start(element);
    if (!element.isConnected) dispose?.();
    else mounted.set(element, dispose ?? (() => {}));
  } catch (error) {
    console.error(`island ${element.dataset.island}`, error);
    element.dataset.failed = "true";
    element.querySelector("[data-island-failed]")?.removeAttribute("hidden");
    element.querySelector("[data-island-loading]")?.setAttribute("hidden", "");
  }
}

export function disposeIn(root) {
  for (const [element, dispose] of mounted) {
    if (element === root || root.contains(element)) {
      dispose();
      mounted.delete(element);
    }
  }
}

document.addEventListener("htmx:load", (event) => mountAll(event.detail.elt));
document.addEventListener("htmx:beforeCleanupElement", (event) => disposeIn(event.detail.elt));
mountAll();
