// Our blocks: one for each step of a robot program. Their words come from the page.
import * as Blockly from "blockly/core";
import { FieldKnob } from "./robot_knob.js";
import { nameOf, typeOf } from "./robot_program.js";

// The limits are those of drivers/robots/shape.py; a test compares them.
export const KNOBS = {
  mm: { min: 0, max: 2000, step: 10, first: 100, often: [50, 100, 200, 300] },
  deg: { min: 0, max: 3600, step: 15, first: 90, often: [45, 60, 90, 120] },
  mm_s: { min: 10, max: 500, step: 10, first: 80, often: [40, 80, 120] },
  s: { min: 0, max: 60, step: 0.5, first: 1, often: [0.5, 1, 2, 5] },
  tone_s: { min: 0.05, max: 10, step: 0.5, first: 0.5, often: [0.2, 0.5, 1, 2] },
  times: { min: 0, max: 1000, step: 1, first: 4, often: [2, 3, 4, 6], whole: true },
  value: { min: 0, max: 2000, step: 10, first: 100, often: [10, 50, 100, 200] },
};
const COLOURS = {
  red: "100/0/0", orange: "100/40/0", yellow: "100/80/0", green: "0/100/0",
  blue: "0/0/100", violet: "60/0/100", pink: "100/20/60", white: "100/100/100", dark: "0/0/0",
};
const NOTES = { do: 262, re: 294, mi: 330, fa: 349, sol: 392, la: 440, si: 494, do2: 523 };
const CHOICES = {
  colour: Object.entries(COLOURS),
  note: Object.entries(NOTES).map(([word, hz]) => [`note-${word}`, String(hz)]),
  sensor: ["distance", "ground", "light", "tilt"].map((name) => [`sensor-${name}`, name]),
  is: ["below", "above"].map((name) => [name, name]),
  button: ["centre", "forward", "backward", "left", "right", "a", "b"].map((name) => [`button-${name}`, name]),
};
const FAMILIES = { move: "#1f5f99", pen: "#a5371c", show: "#76408c", rule: "#80560a" };
// Each block: its family, the fields that its words name as %1, %2 …, and what lies within.
const SHAPES = {
  forward: ["move", ["mm"]],
  backward: ["move", ["mm"]],
  left: ["move", ["deg"]],
  right: ["move", ["deg"]],
  speed: ["move", ["mm_s"]],
  "pen-down": ["pen", []],
  "pen-up": ["pen", []],
  light: ["show", ["colour"]],
  sound: ["show", ["note", "tone_s"]],
  repeat: ["rule", ["times"], ["steps"]],
  wait: ["rule", ["s"]],
  if: ["rule", ["sensor", "is", "value"], ["then", "else"]],
};
const HATS = { start: [], when: ["button"] };
// What a robot must have for a block.
const NEEDS = {
  forward: "wheels", backward: "wheels", left: "wheels", right: "wheels", speed: "wheels",
  "pen-down": "pen", "pen-up": "pen", light: "light", sound: "sound", if: "sensors", when: "buttons",
};
export const LACK = "lack";
let lacking = new Set();

// Names of what the robots do not have: things that blocks need, and choices within blocks.
export function offer(names) {
  lacking = new Set(names);
}

export const isOffered = (type) => !lacking.has(NEEDS[nameOf(type)]);

// A choice in a block: what no robot has is not offered, but a value that it has already is shown, known or not.
class Choice extends Blockly.FieldDropdown {
  constructor(words) {
    super(() => {
      const offered = words.filter(([word]) => !lacking.has(word));
      return (offered.length ? offered : words).map(([, said, value]) => [said, value]);
    });
    this.words = words;
  }

  getOptions(cached) {
    const words = super.getOptions(cached);
    const value = this.getValue();
    if (value === null || value === undefined || words.some(([, one]) => one === value)) return words;
    const said = this.words?.find(([, , one]) => one === value)?.[1] ?? value;
    return [...words, [said, value]];
  }

  doClassValidation_(value) {
    return value;
  }
}

function fieldOf(name, said) {
  if (KNOBS[name]) return new FieldKnob(KNOBS[name], said);
  return new Choice(CHOICES[name].map(([word, value]) => [word, said(word), value]));
}

// "avance de %1 mm": words and fields in the order of the reader's language.
function write(block, name, fields, said) {
  const row = block.appendDummyInput();
  for (const part of said(`block-${name}`).split(/(%\d)/)) {
    const place = /^%(\d)$/.exec(part);
    if (place) row.appendField(fieldOf(fields[place[1] - 1], said), fields[place[1] - 1]);
    else if (part.trim()) row.appendField(part.trim());
  }
}

export function defineBlocks(said) {
  for (const [name, [family, fields, within = []]] of Object.entries(SHAPES)) {
    Blockly.Blocks[typeOf(name)] = {
      init() {
        write(this, name, fields, said);
        for (const input of within) {
          if (input === "else") this.appendDummyInput().appendField(said("else"));
          this.appendStatementInput(input).setAriaLabelProvider(said(`inside-${input}`));
        }
        this.setPreviousStatement(true);
        this.setNextStatement(true);
        this.setStyle(`${family}_blocks`);
      },
    };
  }
  for (const [name, fields] of Object.entries(HATS)) {
    Blockly.Blocks[typeOf(name)] = {
      init() {
        write(this, name, fields, said);
        this.setNextStatement(true);
        this.setStyle("start_blocks");
        if (name === "start") this.setDeletable(false);
      },
    };
  }
}

export function toolbox(said) {
  const families = Object.keys(FAMILIES).map((family) => {
    const names = Object.keys(SHAPES).filter((name) => SHAPES[name][0] === family);
    const types = family === "rule" ? [...names, "when"] : names;
    const contents = types.map(typeOf).map((type) => ({ kind: "block", type, disabledReasons: isOffered(type) ? [] : [LACK] }));
    return { kind: "category", name: said(`family-${family}`), categorystyle: `${family}_blocks`, contents };
  });
  return { kind: "categoryToolbox", contents: families };
}

export function theme() {
  const styles = { ...FAMILIES, start: "#16764a" };
  const blocks = Object.entries(styles).map(([name, colour]) => [`${name}_blocks`, { colourPrimary: colour }]);
  return Blockly.Theme.defineTheme("bike", {
    name: "bike",
    startHats: true,
    blockStyles: Object.fromEntries(blocks),
    categoryStyles: Object.fromEntries(Object.entries(FAMILIES).map(([name, colour]) => [`${name}_blocks`, { colour }])),
    componentStyles: {
      workspaceBackgroundColour: "#fffdf8",
      toolboxBackgroundColour: "#fdf5e6",
      toolboxForegroundColour: "#1d3540",
      flyoutBackgroundColour: "#f1e6d0",
      flyoutForegroundColour: "#1d3540",
      flyoutOpacity: 1,
      scrollbarColour: "#8d8371",
      scrollbarOpacity: 0.5,
      selectedGlowColour: "#1d3540",
    },
    fontStyle: { family: 'Roboto, system-ui, "Segoe UI", sans-serif', weight: "600", size: 13 },
  });
}
