// What a tool does at a place: press, move and release for a hand that drags; tap alone is enough for the others.
import { apart, drawn } from "./draw_line.js";

const CALM = 0.55; // how far the line follows the hand at each step
const FINGER_PX = 26;

class Pencil {
  constructor(desk) {
    this.desk = desk;
  }

  press(place) {
    this.line = [...place];
    this.at = place;
  }

  move(place, exact) {
    if (!this.line) return;
    this.at = exact ? place : [0, 1].map((axis) => this.at[axis] + CALM * (place[axis] - this.at[axis]));
    this.line.push(...this.at);
    this.last = place;
    this.desk.view.drawNow(this.desk.stroke([{ line: this.line, closed: false }]));
  }

  release() {
    if (!this.line) return;
    if (this.last) this.line.push(...this.last);
    const line = this.line;
    this.line = this.last = undefined;
    this.desk.view.drawNow();
    this.desk.add([drawn(line, this.desk.closes)]);
  }
}

// Straight from tap to tap; a tap on the first point closes the line, one on the last ends it.
class Ruler {
  constructor(desk) {
    this.desk = desk;
  }

  press(place) {
    const reach = this.desk.view.reach(FINGER_PX);
    if (!this.line) {
      this.line = [...place];
      this.begun = false;
      return this.show();
    }
    const closing = this.line.length > 4 && apart(place, this.line.slice(0, 2)) < reach;
    if (!closing && apart(place, this.line.slice(-2)) < reach / 2) return this.end();
    if (!closing) this.line = [...this.line, ...place];
    this.desk.put([{ line: this.line, closed: closing }], this.begun);
    this.begun = true;
    closing ? this.end() : this.show();
  }

  move() {}

  release() {}

  show() {
    const [x, y] = this.line.slice(-2);
    this.desk.view.drawNow(this.desk.stroke([{ line: [x - 0.1, y, x + 0.1, y], closed: false }]));
  }

  end() {
    this.line = undefined;
    this.desk.view.drawNow();
  }
}

class Rubber {
  constructor(desk) {
    this.desk = desk;
  }

  press(place) {
    this.pressed = true;
    this.desk.erase(place, this.desk.view.reach(FINGER_PX) / 2);
  }

  move(place) {
    if (this.pressed) this.press(place);
  }

  release() {
    this.pressed = false;
  }
}

class Stamp {
  constructor(desk, shape) {
    [this.desk, this.shape] = [desk, shape];
  }

  press(place) {
    const [side, { width, height }] = [this.desk.stampSize(), this.desk.sheet];
    const [left, top] = [place[0], place[1]].map((value, axis) => {
      const room = axis ? height : width;
      return Math.max(1, Math.min(room - side - 1, value - side / 2));
    });
    const put = (line) => line.map((value, i) => Math.round((value * side + (i % 2 ? top : left)) * 100) / 100);
    this.desk.add(this.shape.map(({ line, closed }) => ({ closed, line: put(line) })));
  }

  move() {}

  release() {}
}

export function toolsOf(desk, stamps) {
  const tools = { pen: new Pencil(desk), ruler: new Ruler(desk), rubber: new Rubber(desk) };
  for (const [name, shape] of Object.entries(stamps)) tools[name] = new Stamp(desk, shape);
  return tools;
}

// The lines of a picture of ours, in shares of its side.
export function shapeOf(picture) {
  const side = picture.viewBox.baseVal.width;
  return [...picture.querySelectorAll("path")].map((path) => {
    const closed = /z\s*$/i.test(path.getAttribute("d"));
    const length = path.getTotalLength();
    const count = Math.max(2, Math.round(length / 1.5));
    const places = Array.from({ length: closed ? count : count + 1 }, (_, i) => path.getPointAtLength((i * length) / count));
    return { closed, line: places.flatMap(({ x, y }) => [x / side, y / side]) };
  });
}
