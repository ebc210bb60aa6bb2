// A button with data-hold acts only when it is held for 1.5 s, by finger, mouse or key.
const HOLD_MS = 1500;
let held;

function begin(button) {
  release();
  button.dataset.holding = "";
  const timer = setTimeout(() => {
    release();
    button.form.requestSubmit(button);
  }, HOLD_MS);
  held = { button, timer };
}

function release() {
  if (!held) return;
  clearTimeout(held.timer);
  delete held.button.dataset.holding;
  held = undefined;
}

const holdable = (event) => event.target.closest?.("[data-hold]:not(:disabled)");

document.addEventListener("pointerdown", (event) => {
  const button = event.button === 0 && holdable(event);
  if (button) begin(button);
});
document.addEventListener("keydown", (event) => {
  const button = (event.key === "Enter" || event.key === " ") && holdable(event);
  if (!button) return;
  event.preventDefault(); // no click of its own
  if (!event.repeat) begin(button);
});
for (const end of ["pointerup", "pointercancel", "keyup", "visibilitychange"]) {
  document.addEventListener(end, release, true);
}
// What had the focus before loses it when the button is pressed: that is no letting go.
document.addEventListener("blur", ({ target }) => target === held?.button && release(), true);
addEventListener("blur", release);
document.addEventListener("contextmenu", (event) => holdable(event) && event.preventDefault());
document.addEventListener("click", (event) => {
  if (event.detail > 0 && holdable(event)) event.preventDefault(); // a screen reader's own click has no detail
});
