// Answers while somebody types: a listbox under the search box; "/" goes there. Without this module the box is a plain form.
const WAIT_MS = 120;
let serial = 0;

export function mount(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const state = { at: -1, timer: 0, running: null, links: [] };
  list.id = `object-answers-${serial++}`;
  list.className = "object-answers";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);

  const close = () => {
    list.hidden = true;
    state.at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const show = (lines) => {
    list.replaceChildren(...lines);
    state.links = [...list.querySelectorAll("a")];
    state.at = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    state.running?.abort();
    const text = input.value.trim();
    if (!text) return close();
    const running = (state.running = new AbortController());
    try {
      const response = await fetch(`${form.dataset.url}?${new URLSearchParams({ q: text })}`, { signal: running.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const { hits, all } = await response.json();
      const lines = hits.map((hit, n) => line(hit.name, hit.note, hit.url, `${list.id}-${n}`));
      show(hits.length ? [...lines, line(form.dataset.wordAll, "", all, `${list.id}-all`)] : [remark(form.dataset.wordNone)]);
    } catch (error) {
      if (error.name !== "AbortError") show([remark(form.dataset.wordFailed)]);
    }
  };

  const move = (step) => {
    state.links[state.at]?.removeAttribute("aria-selected");
    state.at = (state.at + step + state.links.length + (state.at < 0 && step < 0 ? 1 : 0)) % state.links.length;
    const link = state.links[state.at];
    link.setAttribute("aria-selected", "true");
    link.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", link.id);
  };

  const onInput = () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(ask, WAIT_MS);
  };
  const onKey = (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && state.at >= 0 && !list.hidden) {
      event.preventDefault();
      state.links[state.at].click();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && state.links.length && !list.hidden) {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    }
  };
  const onSlash = (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  };
  const onElsewhere = (event) => form.contains(event.target) || close();
  input.addEventListener("input", onInput);
  input.addEventListener("keydown", onKey);
  document.addEventListener("click", onElsewhere);
  document.addEventListener("keydown", onSlash);
  return () => {
    clearTimeout(state.timer);
    state.running?.abort();
    input.removeEventListener("input", onInput);
    input.removeEventListener("keydown", onKey);
    document.removeEventListener("click", onElsewhere);
    document.removeEventListener("keydown", onSlash);
    list.remove();
  };
}

function line(name, note, url, id) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const title = document.createElement("span");
  link.href = url;
  link.id = id;
  item.setAttribute("role", "presentation");
  link.setAttribute("role", "option");
  title.textContent = name;
  link.append(title);
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    link.append(small);
  }
  item.append(link);
  return item;
}

function remark(words) {
  const item = document.createElement("li");
  item.className = "remark";
  item.setAttribute("role", "status");
  item.textContent = words;
  return item;
}
