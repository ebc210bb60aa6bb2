// The drawing on the screen: one path a line, in the sheet's millimetres.
import { pathOf } from "./draw_line.js";

export class View {
  constructor(svg, sheet) {
    [this.svg, this.sheet] = [svg, sheet];
    this.layer = svg.querySelector("[data-strokes]");
    this.live = svg.querySelector("[data-now]");
    this.pen = svg.querySelector("[data-pen]");
    this.guides = svg.querySelectorAll("[data-guide]");
  }

  // Where on the sheet something on the screen is.
  place(event) {
    const matrix = this.svg.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [x, y];
  }

  // How many millimetres of the sheet a finger of so many pixels covers.
  reach(pixels) {
    return pixels / this.svg.getScreenCTM().a;
  }

  draw() {
    this.layer.replaceChildren(...this.sheet.all().map(shown));
  }

  drawNow(stroke) {
    this.live.replaceChildren(...(stroke ? this.sheet.copies(stroke).map(shown) : []));
  }

  guide(symmetry) {
    for (const guide of this.guides) guide.toggleAttribute("hidden", guide.dataset.guide !== symmetry);
  }

  line(width) {
    this.svg.style.setProperty("--line", width);
  }

  movePen([x, y], seen, down) {
    this.pen.setAttribute("transform", `translate(${x} ${y})`);
    this.pen.toggleAttribute("hidden", !seen);
    this.pen.classList.toggle("down", down);
  }
}

function shown({ line, closed, kind }) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", pathOf(line, closed));
  path.setAttribute("class", closed ? `${kind} closed` : kind);
  return path;
}
