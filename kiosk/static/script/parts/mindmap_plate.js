// The plate as a picture: every idea is an item of a tree, for eyes, fingers, keys and screen readers.
import { fitted, LINE } from "./mindmap_layout.js";

const SVG = "http://www.w3.org/2000/svg";
const FONT = "Roboto, system-ui, sans-serif";
const CAPITAL = 0.711; // of the font's size
const ruler = document.createElement("canvas").getContext("2d");

const widthOf = (text) => {
  ruler.font = `700 100px ${FONT}`;
  return ruler.measureText(text).width / (100 * CAPITAL);
};

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export class Plate {
  constructor(svg, unnamed) {
    [this.svg, this.unnamed] = [svg, unnamed];
  }

  // Draws the map; returns how tall its capitals are in millimetres.
  draw(root, chosen, plate) {
    const focused = this.svg.contains(document.activeElement);
    const wordsOf = (node) => node.text.trim() || this.unnamed[node === root ? "root" : "idea"];
    const map = fitted(root, plate, { widthOf, wordsOf });
    this.map = map;
    this.svg.setAttribute("viewBox", `0 0 ${plate.width} ${plate.height}`);
    const sheet = make("rect", { class: "plate", width: plate.width, height: plate.height, rx: 5, role: "presentation" });
    const curves = map.curves.map((curve) => make("path", { d: this.curve(curve), role: "presentation" }));
    const items = map.boxes.map((box) => this.item(box, box.node === chosen));
    this.svg.replaceChildren(sheet, ...curves, ...items);
    if (focused) this.focus();
    return map.capital;
  }

  focus() {
    this.svg.querySelector("[aria-selected=true]")?.focus();
  }

  curve({ from, to, far }) {
    const [[ax, ay], [bx, by], [cx]] = [from, to, far].map(this.map.move);
    const middle = (ax + bx) / 2;
    return `M${ax} ${ay}C${middle} ${ay} ${middle} ${by} ${bx} ${by}H${cx}`;
  }

  item(box, selected) {
    const { capital, move } = this.map;
    const [x, y] = move([box.x, box.y]);
    const [width, height] = [box.width * capital, box.height * capital];
    const group = make("g", { role: "treeitem", "aria-level": box.depth + 1, "aria-selected": selected });
    group.setAttribute("aria-label", box.lines.join(" "));
    group.setAttribute("tabindex", selected ? 0 : -1);
    group.classList.toggle("root", box.depth === 0);
    group.classList.toggle("unnamed", !box.node.text.trim());
    const round = Math.min(height / 2, 1.5 * capital);
    group.append(make("rect", { class: "box", x: x - width / 2, y: y - height / 2, width, height, rx: round }));
    const size = capital * box.scale;
    const first = y + size * (0.35 - ((box.lines.length - 1) * LINE) / 2);
    box.lines.forEach((line, i) => {
      const at = { x, y: first + i * LINE * size, "font-size": size / CAPITAL, "text-anchor": "middle" };
      group.append(make("text", at, line), " "); // so that what is read is what is seen
    });
    return group;
  }

  // The idea nearest to a touch: small words are no small targets.
  nearest(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const off = (box) => {
      const [bx, by] = this.map.move([box.x, box.y]);
      const out = (value, half) => Math.max(0, Math.abs(value) - (half * this.map.capital) / 2);
      return Math.hypot(out(x - bx, box.width), out(y - by, box.height));
    };
    return this.map.boxes.reduce((best, each) => (off(each) < off(best) ? each : best)).node;
  }
}
