// What a tablet shows while nobody is there: the cards of the home page, one after the other; a touch ends it.
const EACH_MS = 4500;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function attract(template) {
  if (document.querySelector(".attract")) return;
  document.body.append(template.content.cloneNode(true));
  const screen = document.body.lastElementChild;
  const stage = screen.querySelector("[data-stage]");
  const slides = [blank(), ...[...document.querySelectorAll(".home .choice")].map(slide)];
  stage.append(...slides);
  screen.showModal();
  let shown = 0;
  const turn = () => {
    slides[0].replaceChildren(...copies(document.querySelector(".home section.now")));
    for (const [place, one] of slides.entries()) one.hidden = !still.matches && place !== shown % slides.length;
    shown += 1;
  };
  turn();
  const timer = setInterval(turn, EACH_MS);
  const end = () => screen.close();
  screen.addEventListener("pointerdown", end);
  screen.addEventListener("keydown", end);
  screen.addEventListener("close", () => {
    clearInterval(timer);
    screen.remove();
  });
}

// A card without its link: a picture and two lines.
function slide(card) {
  const copy = blank();
  copy.append(...copies(card));
  return copy;
}

function blank() {
  const copy = document.createElement("div");
  copy.className = "slide";
  return copy;
}

// No name is twice in a page, and only the original is redrawn.
function copies(element) {
  const clone = element.cloneNode(true);
  for (const one of clone.querySelectorAll("[id], [data-live]")) {
    one.removeAttribute("id");
    one.removeAttribute("data-live");
  }
  return clone.children;
}
