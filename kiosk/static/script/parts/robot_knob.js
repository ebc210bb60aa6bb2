// A number in a block: touched, it opens two large buttons, the numbers that are often used, and a field to type in.
import * as Blockly from "blockly/core";

export class FieldKnob extends Blockly.FieldNumber {
  constructor(knob, said) {
    super(knob.first, knob.min, knob.max, knob.whole ? 1 : 0);
    [this.knob, this.said] = [knob, said];
  }

  showEditor_() {
    const box = Blockly.DropDownDiv.getContentDiv();
    box.append(this.editor());
    Blockly.DropDownDiv.setColour("#fffdf8", "#1d3540");
    Blockly.DropDownDiv.showPositionedByField(this);
    this.typed.focus();
    this.typed.select();
  }

  editor() {
    const editor = document.createElement("div");
    editor.className = "knob";
    const typed = (this.typed = document.createElement("input"));
    typed.inputMode = "decimal";
    typed.setAttribute("aria-label", this.said("number"));
    typed.value = this.shown();
    typed.addEventListener("input", () => this.setValue(typed.value.replace(",", ".")));
    typed.addEventListener("keydown", (event) => this.key(event));
    const row = document.createElement("div");
    row.append(this.button("−", this.said("less"), () => this.by(-1)), typed);
    row.append(this.button("+", this.said("more"), () => this.by(1)));
    const often = document.createElement("div");
    for (const value of this.knob.often) {
      const shown = value.toLocaleString(document.documentElement.lang);
      often.append(this.button(shown, shown, () => this.put(value)));
    }
    editor.append(row, often);
    return editor;
  }

  button(text, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  }

  by(direction) {
    const { step } = this.knob;
    const next = Number(this.getValue()) + direction * step;
    this.put(Math.round(next / step) * step); // from 45 to 60, from 50 to 60
  }

  put(value) {
    this.setValue(value);
    this.typed.value = this.shown();
  }

  shown() {
    return String(this.getValue()).replace(".", document.documentElement.lang === "fr" ? "," : ".");
  }

  getText_() {
    return this.shown();
  }

  key(event) {
    const ways = { ArrowUp: 1, ArrowDown: -1 };
    if (event.key === "Enter") Blockly.DropDownDiv.hideIfOwner(this);
    else if (ways[event.key]) this.by(ways[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
