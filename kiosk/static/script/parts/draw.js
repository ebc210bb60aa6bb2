// <bike-draw thing width line milled disc border>: the sheet, its tools, and the way of the drawing to the bike.
import { loadDraft, saveDraft } from "./draft.js";
import { Hand } from "./draw_hand.js";
import { Sheet } from "./draw_sheet.js";
import { shapeOf, toolsOf } from "./draw_tools.js";
import { View } from "./draw_view.js";
import { newKey } from "./key.js";
import { deliver } from "./send.js";

const DRAFT = "drawing";
const STAMP_SHARES = [0.24, 0.4, 0.7];
const EDGE_MM = 2;
const PLATE_EDGE_MM = 5;

class BikeDraw extends HTMLElement {
  async connectedCallback() {
    this.form = this.closest("form");
    this.wrong = this.querySelector("[data-wrong]");
    this.choices = { tool: "pen", size: "1", symmetry: "none", kind: this.getAttribute("kind") };
    this.sheet = new Sheet(Number(this.getAttribute("width")), Number(this.getAttribute("height")));
    this.view = new View(this.querySelector("svg[data-sheet]"), this.sheet);
    this.tools = toolsOf(this, this.stamps());
    this.hand = new Hand(this);
    this.addEventListener("click", (event) => this.click(event));
    document.addEventListener("keydown", (event) => this.shortcut(event));
    this.form.addEventListener("submit", (event) => this.send(event));
    await this.restore();
    this.refresh();
    this.toggleAttribute("ready", true);
  }

  stamps() {
    const buttons = this.querySelectorAll("[data-set=tool][value^=stamp]");
    return Object.fromEntries([...buttons].map((button) => [button.value, shapeOf(button.querySelector("svg"))]));
  }

  async restore() {
    const text = await loadDraft(DRAFT);
    if (!text) return;
    try {
      this.sheet.read(text);
    } catch (error) {
      console.warn("This draft cannot be read.", error);
    }
  }

  // What the tools ask of their desk.

  get tool() {
    return this.tools[this.choices.tool];
  }

  get holds() {
    return this.choices.tool === "pen";
  }

  stroke(lines) {
    return { lines, symmetry: this.choices.symmetry, kind: this.choices.kind };
  }

  closes = (gap, length) => {
    if (this.hasAttribute("closed")) return gap <= 0.2 * length;
    return this.choices.kind === "cut" && gap <= Math.max(4, 0.08 * length) && length > 12;
  };

  stampSize() {
    return this.sheet.height * STAMP_SHARES[Number(this.choices.size)];
  }

  add(lines) {
    this.sheet.add(this.stroke(lines));
    this.changed();
  }

  put(lines, again) {
    if (again) this.sheet.replaceLast(this.stroke(lines));
    else this.sheet.add(this.stroke(lines));
    this.changed();
  }

  erase(place, reach) {
    if (this.sheet.eraseAt(place, reach)) this.changed();
  }

  // The nearest place that is on the material, and stays there under the chosen symmetry.
  inside([x, y]) {
    const { width, height } = this.sheet;
    const edge = this.hasAttribute("border") ? PLATE_EDGE_MM : EDGE_MM;
    if (this.hasAttribute("disc") || this.choices.symmetry === "six") {
      const far = Math.hypot(x - width / 2, y - height / 2) || 1;
      const factor = Math.min(1, (height / 2 - edge) / far);
      return [width / 2 + factor * (x - width / 2), height / 2 + factor * (y - height / 2)];
    }
    return [Math.max(edge, Math.min(width - edge, x)), Math.max(edge, Math.min(height - edge, y))];
  }

  say(word) {
    const words = this.querySelector(`[data-word="${word}"]`);
    this.querySelector("[data-said]").textContent = words?.textContent ?? "";
  }

  // What the buttons do.

  click({ target }) {
    const button = target.closest("button");
    if (!button) return;
    const { set, act } = button.dataset;
    if (set) this.choose(set, button.value);
    else if (act) this[act]();
  }

  choose(what, value) {
    this.hand.stop();
    this.choices[what] = value;
    this.refresh();
  }

  shortcut(event) {
    if (!event.ctrlKey || !["z", "y"].includes(event.key)) return;
    event.preventDefault();
    event.key === "y" || event.shiftKey ? this.redo() : this.undo();
  }

  undo() {
    this.hand.stop();
    this.sheet.undo();
    this.changed();
  }

  redo() {
    this.sheet.redo();
    this.changed();
  }

  ask() {
    this.hand.stop();
    this.querySelector("dialog").showModal();
  }

  keep() {
    this.querySelector("dialog").close();
  }

  clear() {
    this.keep();
    this.sheet.change([]);
    this.changed();
  }

  changed() {
    this.form.elements.key.value = newKey(); // another drawing is another object
    saveDraft(DRAFT, this.sheet.written());
    this.tell("");
    this.refresh();
  }

  refresh() {
    this.view.draw();
    this.view.guide(this.choices.symmetry);
    this.view.line(this.line());
    this.toggleAttribute("drawn", this.sheet.strokes.length > 0);
    this.dataset.tool = this.choices.tool.split("-")[0];
    for (const button of this.querySelectorAll("button[data-set]")) {
      button.setAttribute("aria-pressed", String(this.choices[button.dataset.set] === button.value));
    }
    this.querySelector("[data-act=undo]").disabled = !this.sheet.past.length;
    this.querySelector("[data-act=redo]").disabled = !this.sheet.future.length;
    this.querySelector("[data-act=ask]").disabled = !this.sheet.strokes.length;
  }

  line() {
    const widths = this.getAttribute("lines").split(" ").filter(Boolean);
    return widths.length ? widths[Math.min(Number(this.choices.size), widths.length - 1)] : "1.2";
  }

  // The way to the bike.

  async send(event) {
    event.preventDefault();
    this.hand.stop();
    if (!this.sheet.strokes.length) return this.tell(this.querySelector("[data-empty]").textContent);
    this.busy(true);
    const answer = await deliver(this.form.action, this.body());
    if (answer.status < 400) return location.assign(answer.url);
    this.busy(false);
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    this.tell(page.querySelector("[data-sentence] p")?.textContent ?? this.querySelector("[data-broken]").textContent);
  }

  body() {
    const milled = this.hasAttribute("milled");
    const file = this.sheet.file(this.hasAttribute("border"), milled);
    const body = new FormData();
    for (const name of ["key", "thing"]) body.set(name, this.form.elements[name].value);
    if (!milled) body.set("size_mm", this.sheet.size().toFixed(1));
    if (!milled) body.set("line_mm", this.line());
    const cuts = this.hasAttribute("border") || this.sheet.strokes.some(({ kind }) => kind === "cut");
    if (milled && !cuts) body.set("engraved", "true");
    body.set("file", new Blob([file], { type: "image/svg+xml" }), "dessin.svg");
    return body;
  }

  busy(now) {
    for (const button of document.querySelectorAll(`button[form="${this.form.id}"]`)) button.disabled = now;
  }

  tell(words) {
    this.wrong.textContent = words;
    this.wrong.hidden = !words;
  }
}

customElements.define("bike-draw", BikeDraw);
