// Choosing many rows: one box for the whole page, and how many are chosen beside the button.
export function mount(box) {
  const all = box.querySelector("[data-pick-all]");
  const picks = [...box.querySelectorAll("input[name=id]")];
  const told = document.querySelector("[data-picked]");
  const draw = () => {
    const n = picks.filter((pick) => pick.checked).length;
    told.textContent = n ? ` (${n})` : "";
    all.checked = n > 0 && n === picks.length;
    all.indeterminate = n > 0 && n < picks.length;
    for (const pick of picks) pick.closest("tr").setAttribute("aria-selected", String(pick.checked));
  };
  const onChange = (event) => {
    if (event.target === all) for (const pick of picks) pick.checked = all.checked;
    draw();
  };
  all.hidden = false;
  box.addEventListener("change", onChange);
  draw();
  return () => box.removeEventListener("change", onChange);
}
