// Blocks and programs: the steps that the bike understands, each with the number of its block in reading order.
const number = (block, name) => Number(block.getFieldValue(name));
const text = (block, name) => block.getFieldValue(name);

// For each block the step that it is, what it says, and which blocks lie within.
const BLOCKS = {
  forward: { step: "move", read: (block) => ({ mm: number(block, "mm") }), write: ({ mm }) => ({ mm }) },
  backward: { step: "move", read: (block) => ({ mm: -number(block, "mm") }), write: ({ mm }) => ({ mm: -mm }) },
  left: { step: "turn", read: (block) => ({ deg: number(block, "deg") }), write: ({ deg }) => ({ deg }) },
  right: { step: "turn", read: (block) => ({ deg: -number(block, "deg") }), write: ({ deg }) => ({ deg: -deg }) },
  speed: { step: "speed", read: (block) => ({ mm_s: number(block, "mm_s") }), write: ({ mm_s }) => ({ mm_s }) },
  "pen-down": { step: "pen", read: () => ({ down: true }), write: () => ({}) },
  "pen-up": { step: "pen", read: () => ({ down: false }), write: () => ({}) },
  light: {
    step: "light",
    read: (block) => {
      const [red, green, blue] = text(block, "colour").split("/").map(Number);
      return { red, green, blue };
    },
    write: ({ red, green, blue }) => ({ colour: [red, green, blue].join("/") }),
  },
  sound: {
    step: "sound",
    read: (block) => ({ hz: number(block, "note"), s: number(block, "tone_s") }),
    write: ({ hz, s }) => ({ note: String(hz), tone_s: s }),
  },
  wait: { step: "wait", read: (block) => ({ s: number(block, "s") }), write: ({ s }) => ({ s }) },
  repeat: {
    step: "repeat",
    read: (block) => ({ times: number(block, "times") }),
    write: ({ times }) => ({ times }),
    within: ["steps"],
  },
  if: {
    step: "if",
    read: (block) => ({ sensor: text(block, "sensor"), is: text(block, "is"), value: number(block, "value") }),
    write: ({ sensor, is, value }) => ({ sensor, is, value }),
    within: ["then", "else"],
  },
};

const TYPES = {
  move: ({ mm }) => (mm < 0 ? "backward" : "forward"),
  turn: ({ deg }) => (deg < 0 ? "right" : "left"),
  pen: ({ down }) => (down ? "pen-down" : "pen-up"),
};
const ASIDE_PX = 420;
const BELOW_PX = 200;

export const typeOf = (name) => `robot_${name}`;
export const nameOf = (type) => type.slice(typeOf("").length);

// The program below the start block and below each button, and which block each of its steps is.
export function programOf(start, buttons) {
  const blocks = new Map();
  const numbered = (block) => {
    blocks.set(String(blocks.size + 1), block.id);
    return String(blocks.size);
  };
  const chain = (first) => {
    const steps = [];
    for (let block = first; block; block = block.getNextBlock()) {
      const { step, read, within = [] } = BLOCKS[nameOf(block.type)];
      const id = numbered(block);
      const inner = within.map((input) => [input, chain(block.getInputTargetBlock(input))]);
      steps.push({ do: step, ...read(block), ...Object.fromEntries(inner), id });
    }
    return steps;
  };
  const when = (block) => {
    const id = numbered(block);
    return { do: "when", button: text(block, "button"), steps: chain(block.getNextBlock()), id };
  };
  const steps = [...chain(start?.getNextBlock()), ...buttons.map(when)];
  return { program: { version: 1, steps }, blocks };
}

// What Blockly loads for a program: the start block with what follows, and one for each button.
export function stateOf({ steps }) {
  const hats = steps.filter((step) => step.do === "when");
  const start = hat("start", {}, steps.filter((step) => step.do !== "when"), 0);
  const buttons = hats.map(({ button, steps }, index) => hat("when", { button }, steps, index + 1));
  return { blocks: { languageVersion: 0, blocks: [start, ...buttons] } };
}

function hat(name, fields, steps, place) {
  const at = place ? { x: ASIDE_PX, y: 30 + (place - 1) * BELOW_PX } : { x: 24, y: 30 };
  return { type: typeOf(name), fields, ...at, ...next(steps) };
}

function next([step, ...rest]) {
  if (!step) return {};
  const name = TYPES[step.do]?.(step) ?? step.do;
  const { write, within = [] } = BLOCKS[name];
  const inner = within.map((input) => [input, next(step[input] ?? []).next]).filter(([, block]) => block);
  const block = { type: typeOf(name), fields: write(step), inputs: Object.fromEntries(inner), ...next(rest) };
  return { next: { block } };
}
