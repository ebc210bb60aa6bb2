// <bike-mindmap>: edits the ideas of a map; what it has made are the indented lines of the form's own field.
import { newKey } from "./key.js";
import { Plate } from "./mindmap_plate.js";
import { idea, linesOf, treeOf, walk } from "./mindmap_tree.js";

const MOST_BRANCHES = 8;
const MOST_IDEAS = 40;
const DEEPEST = 3;
const PLATE = ["width", "height", "margin", "largest", "least"];

class BikeMindmap extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.lines = this.form.elements.lines;
    this.field = this.querySelector("input");
    this.plate = new Plate(this.querySelector("svg[role=tree]"), this.unnamed());
    this.past = [];
    this.read();
    this.lines.addEventListener("input", (event) => event.isTrusted || this.writing || this.read());
    this.form.addEventListener("change", (event) => event.target.name === "plate" && this.draw());
    this.form.addEventListener("submit", (event) => this.check(event));
    this.addEventListener("click", (event) => this.click(event));
    this.field.addEventListener("input", () => this.type());
    this.field.addEventListener("keydown", (event) => this.fieldKey(event));
    this.plate.svg.addEventListener("pointerdown", (event) => this.touch(event));
    this.plate.svg.addEventListener("keydown", (event) => this.treeKey(event));
  }

  unnamed() {
    const words = [...this.querySelectorAll("[data-unnamed]")];
    return Object.fromEntries(words.map(({ dataset, textContent }) => [dataset.unnamed, textContent]));
  }

  read() {
    this.root = treeOf(this.lines.value);
    this.choose(this.root);
  }

  get all() {
    return [...walk(this.root)];
  }

  get here() {
    return this.all.find(({ node }) => node === this.chosen);
  }

  choose(node) {
    this.chosen = node;
    this.typed = false;
    this.field.value = node.text;
    this.draw();
  }

  draw() {
    const { dataset } = this.form.querySelector("[name=plate]:checked");
    const size = Object.fromEntries(PLATE.map((name) => [name, Number(dataset[name])]));
    const capital = this.plate.draw(this.root, this.chosen, size);
    this.plate.svg.classList.toggle("wood", dataset.wood !== undefined);
    this.querySelector("[data-small]").hidden = capital >= size.least;
    this.buttons();
  }

  buttons() {
    const { depth, parent } = this.here;
    const full = this.all.length >= MOST_IDEAS;
    const place = parent?.children.indexOf(this.chosen) ?? 0;
    const off = {
      branch: full || this.root.children.length >= MOST_BRANCHES,
      below: full || depth >= DEEPEST || (depth === 0 && this.root.children.length >= MOST_BRANCHES),
      before: !parent || place === 0,
      after: !parent || place === parent.children.length - 1,
      remove: !parent,
      undo: !this.past.length,
    };
    for (const [name, now] of Object.entries(off)) this.querySelector(`[data-act=${name}]`).disabled = now;
    this.querySelector("label").dataset.at = depth ? "idea" : "root";
  }

  // Every change is written into the form's field, whose draft is kept and which is sent.
  changed() {
    this.writing = true;
    this.lines.value = linesOf(this.root).join("\n");
    this.lines.dispatchEvent(new Event("input", { bubbles: true }));
    this.writing = false;
    this.form.elements.key.value = newKey(); // another map is another object
    this.querySelector("[data-wrong]").hidden = true;
    this.draw();
  }

  remember() {
    this.past.push(JSON.stringify([this.root, this.all.findIndex(({ node }) => node === this.chosen)]));
  }

  type() {
    if (!this.typed) this.remember();
    this.typed = true;
    this.chosen.text = this.field.value;
    this.changed();
  }

  click({ target }) {
    const act = target.closest("button")?.dataset.act;
    if (act) this[act]();
  }

  branch() {
    this.grow(this.root, this.root.children.length);
  }

  below() {
    this.grow(this.chosen, this.chosen.children.length);
  }

  grow(parent, place) {
    this.remember();
    const made = idea();
    parent.children.splice(place, 0, made);
    this.choose(made);
    this.changed();
    this.field.focus();
  }

  before() {
    this.shift(-1);
  }

  after() {
    this.shift(1);
  }

  shift(by) {
    const { parent } = this.here;
    const place = parent?.children.indexOf(this.chosen);
    if (!parent || !parent.children[place + by]) return;
    this.remember();
    parent.children.splice(place, 1);
    parent.children.splice(place + by, 0, this.chosen);
    this.changed();
  }

  remove() {
    const { parent } = this.here;
    if (!parent) return;
    this.remember();
    const place = parent.children.indexOf(this.chosen);
    parent.children.splice(place, 1);
    this.choose(parent.children[Math.min(place, parent.children.length - 1)] ?? parent);
    this.changed();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    const [root, index] = JSON.parse(before);
    this.root = root;
    this.choose(this.all[index].node);
    this.changed();
  }

  step(by) {
    const list = this.all;
    const place = list.findIndex(({ node }) => node === this.chosen) + by;
    if (list[place]) this.choose(list[place].node);
  }

  touch(event) {
    event.preventDefault(); // the field keeps its keyboard
    const node = this.plate.nearest(event);
    if (node === this.chosen) this.field.focus();
    else this.choose(node);
  }

  fieldKey(event) {
    const moves = { ArrowUp: -1, ArrowDown: 1 };
    if (event.key === "Enter") this.next(event.shiftKey);
    else if (!moves[event.key]) return;
    else if (event.altKey) this.shift(moves[event.key]);
    else this.step(moves[event.key]);
    event.preventDefault();
  }

  // Enter: one more idea beside this one; with Shift, under it.
  next(under) {
    const { parent, depth } = this.here;
    const full = this.all.length >= MOST_IDEAS;
    if (!this.chosen.text.trim() || full) return;
    if (!parent || under) return depth < DEEPEST && !this.querySelector("[data-act=below]").disabled && this.below();
    if (parent === this.root && this.root.children.length >= MOST_BRANCHES) return;
    this.grow(parent, parent.children.indexOf(this.chosen) + 1);
  }

  treeKey(event) {
    const moves = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
    if (moves[event.key]) event.altKey ? this.shift(moves[event.key]) : this.step(moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.field.focus();
    else if (event.key === "Delete") this.remove();
    else if (event.key === "Insert" || event.key === "+") this.below();
    else return;
    event.preventDefault();
  }

  check(event) {
    if (this.lines.value.trim()) return;
    event.preventDefault();
    this.querySelector("[data-wrong]").hidden = false;
    this.choose(this.root);
    this.field.focus();
  }
}

customElements.define("bike-mindmap", BikeMindmap);
