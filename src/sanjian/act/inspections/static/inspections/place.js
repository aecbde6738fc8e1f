// Reads the position once, before check-in, and says what it got. Without a position the form works just the same.
export function locate(timeout = 8000) {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      (found) => resolve(found.coords),
      () => resolve(null),
      { enableHighAccuracy: true, timeout, maximumAge: 15000 },
    );
  });
}

export function fill(form, coords) {
  form.elements.latitude.value = coords ? coords.latitude : "";
  form.elements.longitude.value = coords ? coords.longitude : "";
  form.elements.accuracy_m.value = coords ? coords.accuracy : "";
}

export async function mount(form) {
  const box = form.querySelector("[data-place]");
  const text = form.querySelector("[data-place-text]");
  box.hidden = false;
  text.textContent = form.dataset.wordWait;
  const coords = await locate();
  fill(form, coords);
  text.textContent = coords ? form.dataset.wordGood.replace("{n}", Math.round(coords.accuracy)) : form.dataset.wordNone;
}
