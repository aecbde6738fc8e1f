// A photo's fingerprint is taken on the phone, before anything else can touch the bytes; with it the device's clocks and
// the position. The form waits for this, but never for longer than it takes: without any of it the photo is sent all the same.
import { fill, locate } from "./place.js";

async function fingerprint(file) {
  if (!crypto.subtle) return ""; // plain http on another host: the server's hash must do
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function mount(form) {
  const input = form.elements.photo;
  const say = form.querySelector("[data-device]");
  if (!input || !say) return undefined;
  const buttons = [...form.querySelectorAll("button[name=go]")];
  let turn = 0;

  async function chosen() {
    const file = input.files[0];
    const mine = ++turn;
    for (const name of ["sha256", "taken_at", "monotonic_ms"]) form.elements[name].value = "";
    fill(form, null);
    say.hidden = !file;
    if (!file) return;
    form.elements.monotonic_ms.value = performance.now().toFixed(1);
    form.elements.taken_at.value = new Date(file.lastModified || Date.now()).toISOString();
    say.textContent = form.dataset.wordWait;
    buttons.forEach((button) => (button.disabled = true));
    try {
      const [hash, coords] = await Promise.all([fingerprint(file), locate(5000)]);
      if (mine !== turn) return;
      form.elements.sha256.value = hash;
      fill(form, coords);
      const words = [
        hash ? form.dataset.wordHash.replace("{h}", hash.slice(0, 12)) : form.dataset.wordNohash,
        coords ? form.dataset.wordPlace.replace("{n}", Math.round(coords.accuracy)) : form.dataset.wordNone,
      ];
      say.textContent = words.join(" · ");
    } finally {
      if (mine === turn) buttons.forEach((button) => (button.disabled = false));
    }
  }

  input.addEventListener("change", chosen);
  return () => input.removeEventListener("change", chosen);
}
