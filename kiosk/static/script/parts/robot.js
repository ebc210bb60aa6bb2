// <bike-robot>: the blocks or the text, the floor beside them, and the buttons; what is sent is in the form's own fields.
import { dropDraft, loadDraft, saveDraft } from "./draft.js";
import { newKey } from "./key.js";
import { arrange } from "./robot_arrange.js";
import { Floor } from "./robot_floor.js";
import { linesOf } from "./robot_picture.js";
import { deliver } from "./send.js";

class BikeRobot extends HTMLElement {
  async connectedCallback() {
    this.form = this.closest("form");
    ({ program: this.field, text: this.text, key: this.key } = this.form.elements);
    this.words = Object.fromEntries([...this.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
    this.floor = new Floor(this.querySelector("[data-floor]"));
    this.toggle(false);
    const { makeBench } = await import("./robot_bench.js");
    const place = this.querySelector("[data-blocks]");
    this.lacks = this.dataset.lacks;
    this.bench = await makeBench(place, this.said(), this.dataset.media, this.lacks.split(" "));
    await this.begin();
    new ResizeObserver(() => this.bench.resize()).observe(place);
    this.listen();
    document.addEventListener("submit", (event) => this.quietly(event), true);
    document.addEventListener("bike-speak", () => this.speak());
    this.setAttribute("ready", "");
    document.querySelector("bike-step")?.tell();
  }

  listen() {
    this.bench.onChange = () => this.changed();
    this.bench.onSelect = (block) => this.selected(block);
    this.selected();
    this.text.addEventListener("input", () => this.renew());
    this.form.addEventListener("submit", (event) => this.check(event));
    const ways = document.querySelector(`[data-for="${this.form.id}"]`);
    for (const place of [this, ways]) place?.addEventListener("click", (event) => this.click(event));
    ways?.querySelector("[data-picture]")?.addEventListener("change", (event) => this.draw(event.target));
    if (ways) ways.hidden = false;
  }

  said() {
    const said = (name) => this.words[name] ?? name;
    said.names = () => Object.keys(this.words);
    return said;
  }

  // A draft of this tablet, else what the page came with; what has a ticket now is no draft any more.
  async begin() {
    const { draft, loan } = this.dataset;
    if (loan) for (const name of ["robot", "robot-written"]) dropDraft(name);
    if (await this.changedElsewhere()) for (const name of ["", "-written", "-kept"]) dropDraft(draft + name);
    const blocks = await loadDraft(draft);
    try {
      if (blocks) this.bench.load(JSON.parse(blocks));
    } catch (error) {
      console.warn("A draft of other blocks was left alone.", error);
    }
    const written = await loadDraft(`${draft}-written`);
    if (!blocks && !written && loan) saveDraft(`${draft}-kept`, this.dataset.kept);
    if (!this.bench.start) this.bench.show(JSON.parse(this.field.value));
    this.write();
    if (written) this.toggle(true, written);
  }

  // What this tablet has of the ticket's program, and has not touched since, is not what is with the ticket now.
  async changedElsewhere() {
    const kept = await loadDraft(`${this.dataset.draft}-kept`);
    return Boolean(kept) && kept !== this.dataset.kept;
  }

  // Text instead of blocks, or blocks instead of text.
  toggle(written, text) {
    this.toggleAttribute("written", written);
    this.text.disabled = !written;
    if (text !== undefined) this.text.value = text;
    for (const one of document.querySelectorAll("[data-way]")) one.hidden = (one.dataset.way === "text") !== written;
    if (written) saveDraft(`${this.dataset.draft}-written`, this.text.value);
    else if (text !== undefined || this.bench) dropDraft(`${this.dataset.draft}-written`);
  }

  get written() {
    return this.hasAttribute("written");
  }

  write() {
    this.field.value = JSON.stringify(this.bench.read());
  }

  // Another program is another wish; what was said of the one before is no longer true.
  renew() {
    this.key.value = newKey();
    this.halt();
    this.tell("");
    dropDraft(`${this.dataset.draft}-kept`);
    if (this.written) saveDraft(`${this.dataset.draft}-written`, this.text.value);
  }

  changed() {
    const before = this.field.value;
    this.write();
    saveDraft(this.dataset.draft, JSON.stringify(this.bench.save()));
    if (before !== this.field.value) this.renew();
  }

  selected(block) {
    const off = arrange(this.bench, block);
    for (const button of this.querySelectorAll("[data-act]")) {
      if (button.dataset.act in off) button.disabled = off[button.dataset.act];
    }
  }

  click(event) {
    const button = event.target.closest("[data-act], [data-program]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.program) return this.show(JSON.parse(button.dataset.program));
    this.acts[button.dataset.act]();
  }

  acts = {
    undo: () => this.bench.undo(false),
    redo: () => this.bench.undo(true),
    up: () => this.bench.shift(-1),
    down: () => this.bench.shift(1),
    copy: () => this.bench.copy(),
    remove: () => this.bench.remove(),
    halt: () => this.halt(),
    try: () => this.try(),
    write: () => (this.written ? this.toBlocks() : this.toText()),
  };

  show(program) {
    this.halt();
    this.toggle(false);
    this.bench.show(program);
  }

  // What was changed while the bike was away is not overwritten by its answer.
  async toText() {
    this.write();
    const program = this.field.value;
    const { text } = await this.ask("texte", { program });
    if (text === undefined || program !== this.field.value) return;
    this.toggle(true, text);
    this.text.focus();
  }

  async toBlocks() {
    const text = this.text.value;
    const { program } = await this.ask("blocs", { text });
    if (program && text === this.text.value) this.show(program);
  }

  async draw(input) {
    const [file] = input.files;
    if (!file) return;
    const lines = await linesOf(file);
    input.value = "";
    const { program } = await this.ask("image", { lines: JSON.stringify(lines) });
    if (!program) return;
    this.show(program);
    this.acts.try();
  }

  // What the bike answers; a refusal is said here, and its block or line shown.
  async ask(what, fields) {
    const loan = this.dataset.loan ?? "";
    return this.told(await deliver(`/programme/${what}`, new URLSearchParams({ ...fields, loan })));
  }

  told(answer) {
    const told = answer.text.startsWith("{") ? JSON.parse(answer.text) : { sentence: this.words.trouble };
    this.end(told.sentence ?? "", told.step);
    return told;
  }

  async try() {
    this.write();
    const fields = this.written ? { text: this.text.value } : { program: this.field.value };
    const { places, sentence, step, side } = await this.ask("essayer", fields);
    if (!places) return;
    this.tell("");
    this.setAttribute("playing", "");
    const whole = await this.floor.play(places, side, (at) => this.light(at));
    this.removeAttribute("playing");
    if (whole) this.end(sentence, step);
  }

  halt() {
    this.floor.stop();
  }

  // With a robot at hand the page stays as it is: the bike is told, and its stream tells what comes of it.
  async quietly(event) {
    const { target: form } = event;
    if (!this.dataset.loan || !(form === this.form || form.matches("[data-quiet]"))) return;
    event.preventDefault();
    event.stopPropagation();
    if (form === this.form && this.empty) return this.tell(this.words.empty);
    this.halt();
    this.key.value = newKey();
    const fields = new URLSearchParams(new FormData(form));
    fields.set("quiet", "1");
    const key = this.key.value;
    const { kept } = this.told(await deliver(form.action, fields));
    if (kept && key === this.key.value) saveDraft(`${this.dataset.draft}-kept`, kept);
  }

  // Another robot has other things.
  offer(lacks) {
    if (!this.bench || lacks === this.lacks) return;
    this.lacks = lacks;
    this.bench.offer(lacks.split(" "));
  }

  speak() {
    const words = this.written ? this.text.value.split("\n") : this.bench.spoken();
    this.querySelector("[data-spoken]").textContent = words.filter((line) => line.trim()).join(". ");
  }

  // The robot plays: what is said here is what it does.
  follow(step) {
    if (!this.bench || this.hasAttribute("playing")) return;
    this.light(step ?? undefined);
    if (step) document.querySelector("bike-idle")?.stir(); // whoever watches a robot is still there
  }

  end(sentence, step) {
    this.tell(sentence);
    this.light(step);
  }

  // Show where a program is: its block, or its line.
  light(step) {
    if (!this.written) return this.bench.light(step);
    const number = /^l(\d+)$/.exec(step ?? "")?.[1];
    if (!number || this.line === number) return;
    this.line = number;
    const lines = this.text.value.split("\n");
    const from = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    this.text.setSelectionRange(from, from + lines[number - 1].length);
  }

  tell(sentence) {
    const place = this.querySelector("[data-told]");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  get empty() {
    return this.written ? !this.text.value.trim() : !this.bench.read().steps.length;
  }

  check(event) {
    if (!this.empty) return;
    event.preventDefault();
    this.tell(this.words.empty);
  }
}

// <bike-step step lacks>: which step the robot plays, and what it does not have, in a region of the page's stream.
class BikeStep extends HTMLElement {
  connectedCallback() {
    this.tell();
  }

  tell() {
    const robot = document.querySelector("bike-robot");
    robot.offer?.(this.getAttribute("lacks"));
    robot.follow?.(this.getAttribute("step"));
  }
}

customElements.define("bike-robot", BikeRobot);
customElements.define("bike-step", BikeStep);
