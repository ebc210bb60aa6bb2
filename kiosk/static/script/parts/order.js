// Puts a line elsewhere by its grip; the others make room, and the new place is sent when it is let go.
let dragged;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const line = grip.closest("[data-job]");
  dragged = { line, next: line.nextElementSibling };
  line.dataset.dragged = "";
});

document.addEventListener("pointermove", ({ clientY }) => {
  if (!dragged?.line.isConnected) return;
  const { line } = dragged;
  const [before, after] = [line.previousElementSibling, line.nextElementSibling];
  // The neighbour moves, never the line itself: it would lose the finger.
  if (before && clientY < middle(before)) line.after(before);
  else if (after && clientY > middle(after)) line.before(after);
});

document.addEventListener("pointerup", () => {
  if (!dragged) return;
  const { line, next } = dragged;
  drop();
  if (!line.isConnected || line.nextElementSibling === next) return;
  const form = line.querySelector("[data-place]");
  form.elements.other.value = line.nextElementSibling?.dataset.job ?? "";
  form.requestSubmit();
});
document.addEventListener("pointercancel", drop);

function drop() {
  if (dragged) delete dragged.line.dataset.dragged;
  dragged = undefined;
}

function middle(element) {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
}
